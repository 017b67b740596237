// The reason of a failure, for the operator. Functions return 0 or -errno; this says the rest.
#pragma once

// What went wrong, where, what was expected and what was found. Filled where it is known, printed
// once at the edge. Empty strings mean "does not apply". Never holds a secret.
struct why {
	char what[96];	    // "no proposal chosen", "pre-shared key differs"
	char where[96];	    // "culvertd.conf:12 ports[0].mtu", "IKE_AUTH response"
	char expected[160]; // ours
	char got[160];	    // theirs
	unsigned int code;  // the same in one number, of the library that fills it; 0: none
};

// Fill the four texts; NULL leaves one empty. Returns err, so that callers can
// `return why_set(why, -EINVAL, ...)`. why may be NULL.
int why_set(struct why *why, int err, const char *what, const char *where, const char *expected,
	const char *got);

// The number; why may be NULL.
static inline void why_code(struct why *why, unsigned int code)
{
	if (why)
		why->code = code;
}

// One formatted field at a time. field is one of the four arrays.
#define why_fmt(to, field, ...)                                                     \
	do {                                                                        \
		struct why *why_ = (to);                                            \
                                                                                    \
		if (why_)                                                           \
			why_format_(why_->field, sizeof(why_->field), __VA_ARGS__); \
	} while (0)
void why_format_(char *dst, unsigned long size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

// "where: what: expected X, got Y" into dst; always terminated. Returns dst.
char *why_show(const struct why *why, char *dst, unsigned long size);
