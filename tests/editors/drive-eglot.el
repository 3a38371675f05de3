;;; drive-eglot.el --- What a person does with eglot  -*- lexical-binding: t -*-

(require 'eglot)

(setq jsonrpc-default-request-timeout drive-patience) ; on a full machine the usual 10 seconds are few

(defun drive-open (name)
  (find-file name)
  (run-hooks 'post-command-hook) ; as the loop of commands does, which a batch has not
  (drive-wait "the server is there" #'eglot-current-server))

(defun drive-look ()
  "Open a file and note what is found in it."
  (drive-open (drive-give :open))
  (drive-wait-for-diagnostics)
  (drive-note :diagnostics (vconcat (mapcar #'vconcat (drive-diagnostics))))
  (drive-note :server (plist-get (eglot--server-info (eglot-current-server)) :name))
  (drive-note :capabilities (jsonrpc--json-encode (eglot-client-capabilities (eglot-current-server))))
  (drive-note :eglot (lm-version (locate-library "eglot.el" t))))

(defun drive-act ()
  "Choose an entry of the menu, and write the file."
  (drive-open (drive-give :open))
  (drive-wait-for-diagnostics)
  (drive-goto (drive-give :cursor))
  (drive-until-changed (lambda () (call-interactively #'eglot-code-actions))))

(defun drive-ask ()
  "Choose an entry of the menu that changes nothing."
  (drive-open (drive-give :open))
  (drive-goto (drive-give :cursor))
  (call-interactively #'eglot-code-actions)
  (save-buffer))

(defun drive-instruct ()
  "Select lines and instruct."
  (drive-open (drive-give :open))
  (drive-goto (drive-give :cursor))
  (drive-until-changed (lambda () (lastmile-instruct (drive-give :words)))))

(defun drive-bill ()
  "Ask what was spent."
  (drive-open (drive-give :open))
  (lastmile-bill)
  (drive-wait "it is said" (lambda () (drive-said "Spent"))))

(defun drive-complete ()
  "Complete at the point by the ordinary list."
  (drive-open (drive-give :open))
  (drive-goto (drive-give :cursor))
  (end-of-line)
  (completion-at-point)
  (save-buffer))

(drive (lambda () (when (eglot-current-server) (eglot-shutdown (eglot-current-server) nil drive-patience))))

;;; drive-eglot.el ends here
