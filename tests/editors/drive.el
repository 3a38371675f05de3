;;; drive.el --- Drives the Emacs that it runs in, as a person would  -*- lexical-binding: t -*-

;; What the scenarios of drive-eglot.el and drive-lsp-mode.el have in common. The environment names the
;; scenario (DRIVE_SCENARIO, a function of theirs), what it is given (DRIVE_GIVEN, JSON), and the desk
;; where what was seen is left as report.json (DRIVE_DESK), also when it fails. A scenario notes what
;; there is to see and judges nothing.

(require 'cl-lib)
(require 'json)
(require 'lisp-mnt)

(defvar drive-given (json-parse-string (getenv "DRIVE_GIVEN") :object-type 'plist :array-type 'list))
(defvar drive-noted nil)
(defvar drive-asked nil "What the person was asked, the last first: the question, and the choices.")
(defvar drive-answers (plist-get drive-given :answers))
(defconst drive-patience 120 "Seconds.")

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

(defun drive-goto (text)
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun drive-until-changed (function)
  "Call FUNCTION, wait until the text is another, and write the file."
  (let ((before (buffer-string)))
    (funcall function)
    (drive-wait "the text changes" (lambda () (not (equal before (buffer-string))))))
  (save-buffer))

(defun drive-diagnostics ()
  (mapcar (lambda (each)
            (list (line-number-at-pos (flymake-diagnostic-beg each)) (flymake-diagnostic-text each)))
          (flymake-diagnostics)))

(defun drive-wait-for-diagnostics ()
  "Wait until there are diagnostics, one of them with the text :marked where that is given."
  (setq-local flymake-no-changes-timeout 0.1)
  (drive-wait "there are diagnostics"
              (lambda ()
                (and (bound-and-true-p flymake-mode) (flymake-start))
                (cl-some (lambda (each) (string-search (or (drive-give :marked) "") (cadr each)))
                         (drive-diagnostics)))))

(defun drive-messages ()
  (with-current-buffer (messages-buffer) (buffer-string)))

(defun drive-said (text) (string-match-p (regexp-quote text) (drive-messages)))

(defun drive-report (trouble)
  (let ((seen (list :noted (or drive-noted (make-hash-table)) :asked (vconcat (reverse drive-asked))
                    :messages (drive-messages) :trouble trouble)))
    (with-temp-file (expand-file-name "report.json" (getenv "DRIVE_DESK"))
      (insert (json-serialize seen)))))

(defun drive (end)
  "Go through the scenario, leave the report, and END the server."
  (let ((completing-read-function #'drive-choose)
        (last-nonmenu-event ?x)
        (trouble ""))
    (condition-case wrong
        (funcall (intern (concat "drive-" (getenv "DRIVE_SCENARIO"))))
      ((error quit) (setq trouble (format "%S" wrong))))
    (drive-report trouble)
    (funcall end)))

;;; drive.el ends here
