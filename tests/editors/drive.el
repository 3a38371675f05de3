;;; drive.el --- Drives the Emacs that it runs in, as a person would  -*- lexical-binding: t -*-

;; The environment names the scenario (DRIVE_SCENARIO, a function below), what it is given (DRIVE_GIVEN,
;; JSON), and the desk where what was seen is left as report.json (DRIVE_DESK), also when it fails. A
;; scenario notes what there is to see and judges nothing.

(require 'cl-lib)
(require 'eglot)
(require 'json)

(defvar drive-given (json-parse-string (getenv "DRIVE_GIVEN") :object-type 'plist :array-type 'list))
(defvar drive-noted nil)
(defvar drive-asked nil "What the person was asked, the last first: the question, and the choices.")
(defvar drive-answers (plist-get drive-given :answers))
(defconst drive-patience 30 "Seconds.")

(defun drive-give (name) (plist-get drive-given name))

(defun drive-note (name value) (setq drive-noted (plist-put drive-noted name value)))

(defun drive-wait (what predicate)
  (let ((end (+ (float-time) drive-patience)) found)
    (while (not (setq found (funcall predicate)))
      (when (> (float-time) end) (error "Waited in vain until %s" what))
      (accept-process-output nil 0.02))
    found))

(defun drive-choose (question choices &rest _)
  "Choose the one of CHOICES that begins as the next answer does."
  (let ((shown (mapcar (lambda (each) (if (consp each) (car each) each)) choices))
        (wanted (pop drive-answers)))
    (push (list :question question :shown (vconcat shown)) drive-asked)
    (or (cl-find-if (lambda (each) (string-prefix-p wanted each)) shown)
        (error "Nothing of %S begins with %S" shown wanted))))

(defun drive-open (name)
  (find-file name)
  (run-hooks 'post-command-hook) ; as the loop of commands does, which a batch has not
  (drive-wait "the server is there" #'eglot-current-server)
  (setq-local flymake-no-changes-timeout 0.1))

(defun drive-goto (text)
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun drive-diagnostics ()
  (mapcar (lambda (each)
            (list (line-number-at-pos (flymake-diagnostic-beg each)) (flymake-diagnostic-text each)))
          (flymake-diagnostics)))

(defun drive-wait-for-diagnostics ()
  (drive-wait "there are diagnostics" (lambda () (flymake-start) (drive-diagnostics))))

(defun drive-look ()
  "Open a file and note what is found in it."
  (drive-open (drive-give :open))
  (drive-wait-for-diagnostics)
  (drive-note :diagnostics (vconcat (mapcar #'vconcat (drive-diagnostics))))
  (drive-note :server (plist-get (eglot--server-info (eglot-current-server)) :name)))

(defun drive-act ()
  "Choose an entry of the menu, and write the file."
  (drive-open (drive-give :open))
  (drive-wait-for-diagnostics)
  (drive-goto (drive-give :cursor))
  (let ((before (buffer-string)))
    (call-interactively #'eglot-code-actions)
    (drive-wait "the text changes" (lambda () (not (equal before (buffer-string))))))
  (save-buffer))

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
  (let ((before (buffer-string)))
    (lastmile-instruct (drive-give :words))
    (drive-wait "the text changes" (lambda () (not (equal before (buffer-string))))))
  (save-buffer))

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

(defun drive-messages ()
  (with-current-buffer (messages-buffer) (buffer-string)))

(defun drive-said (text) (string-match-p (regexp-quote text) (drive-messages)))

(defun drive-report (trouble)
  (let ((seen (list :noted (or drive-noted (make-hash-table)) :asked (vconcat (reverse drive-asked))
                    :messages (drive-messages) :trouble trouble)))
    (with-temp-file (expand-file-name "report.json" (getenv "DRIVE_DESK"))
      (insert (json-serialize seen)))))

(let ((completing-read-function #'drive-choose)
      (last-nonmenu-event ?x)
      (trouble ""))
  (condition-case wrong
      (funcall (intern (concat "drive-" (getenv "DRIVE_SCENARIO"))))
    ((error quit) (setq trouble (format "%S" wrong))))
  (drive-report trouble)
  (when (eglot-current-server) (eglot-shutdown (eglot-current-server))))

;;; drive.el ends here
