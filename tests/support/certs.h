/* tests/support/certs.h - certificates made in the test: two authorities and what they signed. */
#ifndef CHARGETOP_TESTS_CERTS_H
#define CHARGETOP_TESTS_CERTS_H

struct certs {
    char dir[64];
    char key[96];        /* of every server certificate below */
    char ca[96];         /* the authority that signed good, wrong_host and expired */
    char good[96];       /* for localhost, 127.0.0.1 and ::1 */
    char wrong_host[96]; /* for other.example */
    char expired[96];    /* since yesterday, for localhost */
    char future[96];     /* from tomorrow on */
    char stranger[96];   /* for localhost, by an authority nobody knows */
    char self_signed[96];
};

void certs_make(struct certs *c);
void certs_remove(struct certs *c);

#endif
