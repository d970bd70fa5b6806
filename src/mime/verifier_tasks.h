/* Inside the room mime: what the daemon's side of a verifier and its helper agree upon. */
#ifndef PD_MIME_VERIFIER_TASKS_H
#define PD_MIME_VERIFIER_TASKS_H

/* argv of the helper: NAME --verifier TASK FOLDER PROGRAM SECONDS. What the program says comes out of its standard
 * output; its exit code is the program's. */
#define PD_VERIFIER_OPTION     "--verifier"
#define PD_VERIFIER_NO_SANDBOX 126
#define PD_VERIFIER_NO_PROGRAM 127

#define PD_TASK_VERIFY_OPENPGP "verify-openpgp" /* status lines */
#define PD_TASK_VERIFY_SMIME   "verify-smime"
#define PD_TASK_LOOK_OPENPGP   "look-openpgp" /* the listing of the key file */
#define PD_TASK_KEEP_OPENPGP   "keep-openpgp" /* the listing of what could be taken from it, and the export */
#define PD_TASK_KEEP_SMIME     "keep-smime"

/* Files in the folder. */
#define PD_VERIFIER_DATA	"data"
#define PD_VERIFIER_SIGNATURE	"signature"
#define PD_VERIFIER_KEYRING	"keyring.gpg" /* exported keys, one after another: a keyring */
#define PD_VERIFIER_CERTIFICATE "certificate." /* and a number */
#define PD_VERIFIER_KEY		"key"
#define PD_VERIFIER_EXPORT	"export"

/* The doors of a helper, closed: what gpg may ask of the kernel. home: the only folder that it may write; program: may
 * be run beside those of the system. seconds: of processor time. Ends the process when that fails. */
void pd_verifier_sandbox(const char *home, const char *program, unsigned seconds);

#endif
