/* src/ui/close_words.h - what the code of a closed connection means to the person looking at it. */
#ifndef CHARGETOP_UI_CLOSE_WORDS_H
#define CHARGETOP_UI_CLOSE_WORDS_H

#include <stdint.h>

/* One sentence: what happened, whether it is tried again, what to do. Codes of the Pusher protocol
 * (4000 to 4299) and of RFC 6455 7.4; NULL for 0 and codes that say nothing. Static. */
const char *close_meaning(int32_t code);

#endif
