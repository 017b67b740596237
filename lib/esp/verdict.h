// Why ESP stops a packet. The dataplane has one counter for each, named after it.
#pragma once

#include <stdint.h>

enum esp_verdict {
	ESP_PASS,
	ESP_NO_ROOM,   // too little head- or tailroom to encapsulate
	ESP_SHORT,     // shorter than its own header, IV, trailer and ICV
	ESP_UNALIGNED, // ciphertext is no multiple of the cipher's block (RFC 4303 s2.4)
	ESP_OLD,       // left of the replay window, or sequence number 0 (RFC 4303 s3.4.3)
	ESP_REPLAYED,  // in the window and seen before
	ESP_BAD_TAG,   // ICV differs
	ESP_FAILED,    // the crypto back end could not compute
	ESP_PADDING,   // pad length or pad bytes (RFC 4303 s2.4)
	ESP_NEXT,      // next header is no IP version of this SA, or not the one inside
	ESP_INNER,     // the inner header's length does not fit
	ESP_ECN,       // congestion mark on a packet that cannot carry it (RFC 6040 s4.2)
	ESP_DUMMY,     // next header 59: discarded without complaint (RFC 4303 s2.6)
	ESP_VERDICTS,
};

// "esp_bad_tag": the counter's name. Any thread.
const char *esp_verdict_name(enum esp_verdict verdict);
