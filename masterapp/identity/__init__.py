"""Single login: identities, e-mail codes, sessions, and sign-in through other providers."""
