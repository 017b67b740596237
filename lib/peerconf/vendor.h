// What the vendors' renderers share: a row per vendor, and a pen that knows its language.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "model/cloud.h"
#include "peerconf/peerconf.h"

// How a language writes a pre-shared key.
struct vendor_quoting {
	const char *open, *close; // around the key as text
	const char *escape;	  // characters with a backslash before them
	const char *never; // that text cannot hold, beside control characters; ' ' may be one
	const char *taken; // text must not begin like one of these, joined by ' '
	size_t max;	   // bytes of the key
	bool utf8;	   // bytes above 127, too
	const char *hex;   // before the key as hexadecimal digits, when text cannot; NULL: no way
};

// Names of algorithms, by enum alg_id; NULL: the device has none.
typedef const char *const vendor_names[ALG_COUNT];

struct pen;

struct vendor {
	const char *name;    // the shell's word
	const char *device;  // for people
	const char *comment; // what begins a line of it
	// What leaves a view, whose lines stand one space further in; NULL: the next line does.
	const char *leave;
	bool ipv6; // the renderer knows how it is said
	struct vendor_quoting psk;
	vendor_names *ike[2], *esp[2]; // of IKEv2 and of IKEv1
	// When the device renews its keys, for people; NULL: it has no say.
	const char *renewal;
	void (*write)(const struct peerconf *p, struct pen *pen);
};

extern const struct vendor vendor_strongswan, vendor_strongswan_ipsec, vendor_libreswan,
	vendor_cisco_ios_xe, vendor_cisco_asa, vendor_juniper_srx, vendor_fortigate, vendor_huawei,
	vendor_h3c, vendor_vyos;

// Writes lines of one vendor's text.
struct pen {
	FILE *out;
	const struct vendor *vendor;
	unsigned int indent; // spaces before each line
	unsigned int depth;  // of views that the last line has entered
};

// A line of configuration, and one of comment.
void pen_line(struct pen *pen, const char *format, ...) __attribute__((format(printf, 2, 3)));
void pen_say(struct pen *pen, const char *format, ...) __attribute__((format(printf, 2, 3)));
void pen_gap(struct pen *pen); // an empty line
// A line that ends with the tunnel's key as the vendor writes it.
void pen_psk(struct pen *pen, const struct peerconf_tunnel *t, const char *before);
// A line that ends with BGP's secret (RFC 2385); nothing without one.
void pen_bgp_secret(struct pen *pen, const struct peerconf_tunnel *t, const char *before);
// A heading of a tunnel: its place, who it is with, and what the device cannot do of it.
void pen_tunnel(struct pen *pen, const struct peerconf *p, size_t i);

// "word value", one space further in than lines are; nothing without a value.
void pen_setting(struct pen *pen, const char *word, const char *value);
// A device that has one pair of networks per SA wants the same of the gateway.
void pen_pairs(struct pen *pen, const struct peerconf *p);

// The name of an algorithm, NULL alg included; NULL: the device has none.
const char *pen_ike(const struct pen *pen, const struct peerconf_tunnel *t, const struct alg *alg);
const char *pen_esp(const struct pen *pen, const struct peerconf_tunnel *t, const struct alg *alg);

// The identity's value without its type; false: it is no plain word.
bool vendor_id_word(const struct ike_id *id, char dst[static IKE_ID_TEXT]);
// The same for people, "" for any.
char *vendor_id_show(const struct ike_id *id, char dst[static IKE_ID_TEXT]);
// The device's outside address, or the word that the reader is to replace.
const char *vendor_local(const struct peerconf_tunnel *t, char dst[static ADDR_TEXT]);
// "255.255.255.0"; the wildcard is its complement.
char *vendor_mask(const struct cidr *net, char dst[static ADDR_TEXT]);
char *vendor_wildcard(const struct cidr *net, char dst[static ADDR_TEXT]);
// "10.1.0.0/16,10.2.0.0/16"
char *vendor_networks(const struct cidr *v, size_t n, char dst[static CLOUD_SUBNETS]);
// What the selectors of child i are: all networks in one child, or one pair in each.
size_t vendor_children(const struct peerconf *p, const struct peerconf_tunnel *t);
void vendor_child(const struct peerconf *p, const struct peerconf_tunnel *t, size_t i,
	const struct cidr **local, size_t *locals, const struct cidr **remote, size_t *remotes);
