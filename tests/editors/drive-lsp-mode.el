;;; drive-lsp-mode.el --- What a person does with lsp-mode  -*- lexical-binding: t -*-

(require 'company)
(require 'lsp-mode)

(setq lsp-response-timeout drive-patience) ; on a full machine the usual 10 seconds are few

(defun drive-workspace (&optional server)
  "Give what lsp-mode calls the workspace of SERVER, or of ours, once it is there."
  (let ((found (lsp-find-workspace (or server 'lastmile) (buffer-file-name))))
    (and found (eq 'initialized (lsp--workspace-status found)) found)))

(defun drive-open (name)
  (find-file name)
  (drive-wait "the server is there" #'drive-workspace))

(defun drive-look ()
  "Open a file and note what is found in it."
  (drive-open (drive-give :open))
  (drive-wait-for-diagnostics)
  (drive-note :diagnostics (vconcat (mapcar #'vconcat (drive-diagnostics))))
  (drive-note :servers (vconcat (mapcar #'lsp--workspace-print (lsp-workspaces))))
  (drive-note :capabilities (lsp--json-serialize (lsp--client-capabilities)))
  (drive-note :lsp-mode (lm-version (locate-library "lsp-mode.el" t))))

(defun drive-act ()
  "Choose an entry of the menu, and write the file."
  (drive-open (drive-give :open))
  (drive-wait-for-diagnostics)
  (drive-goto (drive-give :cursor))
  (drive-until-changed (lambda () (call-interactively #'lsp-execute-code-action))))

(defun drive-beside ()
  "Choose an entry of the menu at each of some places, where another server is beside ours."
  (let (said)
    (add-hook 'lsp-diagnostics-updated-hook (lambda () (push lsp--cur-workspace said)))
    (drive-open (drive-give :open))
    (drive-wait "both have shown what they find"
                (lambda ()
                  (let ((both (list (drive-workspace) (drive-workspace 'ruff))))
                    (null (cl-set-difference both said))))))
  (drive-note :found (vconcat (mapcar #'drive-mend (drive-give :cursors)))))

(defun drive-mend (place)
  "Choose an entry at PLACE, wait until it is seen to mend something, and give what was found before."
  (let ((before (drive-found)))
    (drive-goto place)
    (drive-until-changed (lambda () (call-interactively #'lsp-execute-code-action)))
    (drive-wait "less is found" (lambda () (< (length (drive-found)) (length before))))
    before))

(defun drive-found ()
  "Give what lsp-mode has of this buffer: the source and code of each finding, by all servers."
  (vconcat (mapcar (-lambda ((&Diagnostic :source? :code?)) (vector source? code?))
                   (lsp--get-buffer-diagnostics))))

(defun drive-ask ()
  "Choose an entry of the menu that changes nothing."
  (drive-open (drive-give :open))
  (drive-goto (drive-give :cursor))
  (call-interactively #'lsp-execute-code-action)
  (save-buffer))

(defun drive-quit ()
  "Choose an entry of the menu, and press the key that quits once a draft is shown to be under way."
  (drive-open (drive-give :open))
  (drive-goto (drive-give :cursor))
  (run-with-timer 0.05 0.05 #'drive-quit-once-under-way)
  (condition-case nil
      (call-interactively #'lsp-execute-code-action)
    (quit (drive-note :quit t)))
  (cancel-function-timers #'drive-quit-once-under-way)
  (setq quit-flag nil)
  (save-buffer))

(defun drive-quit-once-under-way ()
  (let ((shown (lsp--progress-status)))
    (when (and shown (file-exists-p (drive-give :cue)))
      (drive-note :shown (substring-no-properties shown))
      (setq quit-flag t)))) ; as the key does

(defun drive-instruct ()
  "Select lines and instruct, and ask what was spent."
  (drive-open (drive-give :open))
  (drive-goto (drive-give :cursor))
  (drive-until-changed (lambda () (lastmile-instruct (drive-give :words))))
  (lastmile-bill)
  (drive-wait "it is said" (lambda () (drive-said "Spent"))))

(defun drive-complete ()
  "Complete at the point by company's list."
  (drive-open (drive-give :open))
  (drive-goto (drive-give :cursor))
  (end-of-line)
  (company-manual-begin)
  (drive-note :listed (vconcat (mapcar #'substring-no-properties company-candidates)))
  (company-complete-selection)
  (save-buffer))

;; lsp-mode waits half a second for the answer to a shutdown, and Emacs kills at its end what still writes.
(drive (lambda ()
         (let ((servers (mapcar #'lsp--workspace-cmd-proc (lsp-workspaces))))
           (mapc #'lsp-workspace-shutdown (lsp-workspaces))
           (drive-wait "the servers have ended" (lambda () (cl-notany #'process-live-p servers))))))

;;; drive-lsp-mode.el ends here
