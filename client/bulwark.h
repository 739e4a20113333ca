/* SPDX-License-Identifier: Apache-2.0
 * Bulwark for a trading process in C: libbulwark.so.
 *
 * Every call returns BULWARK_OK or an error; bulwark_last_error() then says in words what was found and what is
 * allowed. Each struct begins with its own size, set by the caller (BULWARK_INIT), so that it can grow. Numbers are
 * decimal text
 * ("189.50"), exact to 8 decimals. Text that is passed in is copied; NULL where something may be left out. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define BULWARK_API __attribute__((visibility("default")))
#else
#define BULWARK_API
#endif

#define BULWARK_ABI_VERSION 3u

/* bulwark_order order = BULWARK_INIT(bulwark_order); */
#ifdef __cplusplus
#define BULWARK_INIT(type) bulwark_sized<type>()
#else
#define BULWARK_INIT(type) \
  { .size = sizeof(type) }
#endif

enum {
  BULWARK_OK = 0,
  BULWARK_WRONG = -1,       /* an argument or the moment of the call: the text says which */
  BULWARK_UNAVAILABLE = -2, /* the instance does not run or does not answer: perhaps later */
  BULWARK_REFUSED = -3,     /* it was said, and the sidecar said no */
  BULWARK_INTERNAL = -4     /* no memory, or a fault of the library */
};

enum { BULWARK_UNDECIDED = 0, BULWARK_ACCEPTED = 1, BULWARK_RESIZED = 2, BULWARK_REJECTED = 3 };
enum { BULWARK_RESIZE_AS_CONFIGURED = 0, BULWARK_RESIZE_ALLOWED = 1, BULWARK_RESIZE_FORBIDDEN = 2 };
enum { BULWARK_UNKNOWN = 0, BULWARK_WORKING = 1, BULWARK_DONE = 2 };
enum { BULWARK_NO_COMMAND = 0, BULWARK_CANCEL = 1, BULWARK_LIQUIDATE = 2 };

typedef struct bulwark_client bulwark_client;
typedef struct bulwark_publisher bulwark_publisher;

typedef struct bulwark_options {
  uint32_t size;
  int32_t timeout_ms; /* 0: 1000 */
  int32_t spin_us;    /* 0: 20; looks for an answer without a rest for so long */
  int32_t spare;
  const char* instance;
  const char* client;
  const char* account;  /* may be NULL */
  const char* strategy; /* may be NULL */
} bulwark_options;

typedef struct bulwark_order {
  uint32_t size;
  int32_t resize; /* BULWARK_RESIZE_... */
  int32_t reduce_only;
  int32_t spare;
  const char* id;
  const char* symbol;
  const char* side; /* "buy", "sell" */
  const char* quantity;
  const char* price; /* NULL: a market order */
} bulwark_order;

typedef struct bulwark_replacement {
  uint32_t size;
  uint32_t spare;
  const char* id;
  const char* new_id;
  const char* quantity; /* the new total */
  const char* price;    /* NULL: as before */
} bulwark_replacement;

typedef struct bulwark_execution {
  uint32_t size;
  uint32_t spare;
  const char* id;
  const char* exec_id;
  const char* quantity;
  const char* price;
  const char* fee;    /* NULL: none */
  const char* symbol; /* this and the side: NULL, or for an order that the sidecar may not know */
  const char* side;
} bulwark_execution;

typedef struct bulwark_verdict {
  uint32_t size;
  int32_t decision;  /* BULWARK_ACCEPTED, BULWARK_RESIZED; anything else is a no */
  char quantity[32]; /* allowed; "0" where it was rejected */
  char reason[32];   /* these four are empty where there is nothing to say */
  char limit[40];
  char value[48];
  char max[48];
} bulwark_verdict;

typedef struct bulwark_command {
  uint32_t size;
  int32_t kind; /* BULWARK_CANCEL, BULWARK_LIQUIDATE; BULWARK_NO_COMMAND: there is none */
  char id[72];
  char cause[128];
  /* Of BULWARK_LIQUIDATE: send this order, and report its fills and its end under its id. It is this client's from now
   * on. */
  char symbol[40];
  char side[8];
  char quantity[32];
  char price[32]; /* empty: a market order */
  char account[40];
  char strategy[40];
  int32_t again; /* 1: this client had it before it attached: ask the market for that id before you send it */
  int32_t spare;
} bulwark_command;

/* What a size is asked for. All but symbol and side may be NULL, but it needs an edge, or win_probability and payoff.
 */
typedef struct bulwark_trade {
  uint32_t size;
  uint32_t spare;
  const char* symbol;
  const char* side;
  const char* price;           /* NULL: a market order */
  const char* edge;            /* expected return, a fraction, over horizon_days */
  const char* horizon_days;    /* NULL: 1 */
  const char* win_probability; /* in place of an edge, with the payoff */
  const char* payoff;          /* what is won for one that is lost */
  const char* confidence;      /* 0 to 1; NULL: 1 */
} bulwark_trade;

typedef struct bulwark_size_answer {
  uint32_t size;
  uint32_t spare;
  char quantity[32]; /* "0": nothing */
  char binding[16];  /* the name of the constraint that it comes from */
  char kelly[32];    /* each constraint's own quantity; empty where it is not configured */
  char volatility[32];
  char risk_budget[32];
  char balance[32];
  char limits[32];
  char max_fraction[32];
} bulwark_size_answer;

typedef struct bulwark_order_state {
  uint32_t size;
  int32_t state; /* BULWARK_WORKING; BULWARK_DONE: nothing works any more; BULWARK_UNKNOWN: none was accepted under that
                    id, or it was over before this session */
  char quantity[32];
  char filled[32];
  char remaining[32];
} bulwark_order_state;

BULWARK_API uint32_t bulwark_abi_version(void);
BULWARK_API const char* bulwark_version(void);
/* Of the last call of this thread that failed; valid until the next one that fails. */
BULWARK_API const char* bulwark_last_error(void);

BULWARK_API int bulwark_attach(const bulwark_options* options, bulwark_client** client);
/* Leaves in good order; working orders stay. The handle remains until bulwark_free, and answers every call with an
 * error. */
BULWARK_API int bulwark_detach(bulwark_client* client);
BULWARK_API void bulwark_free(bulwark_client* client);

BULWARK_API int bulwark_check(bulwark_client* client, const bulwark_order* order, bulwark_verdict* verdict);
BULWARK_API int bulwark_replace(bulwark_client* client, const bulwark_replacement* change, bulwark_verdict* verdict);
/* The last look before the wire: *clear is 1 for yes, 0 for no and for every error. `id` NULL: the instance alone. */
BULWARK_API int bulwark_clear_to_send(bulwark_client* client, const char* id, int* clear);

BULWARK_API int bulwark_fill(bulwark_client* client, const bulwark_execution* execution);
BULWARK_API int bulwark_done(bulwark_client* client, const char* id, const char* why);
BULWARK_API int bulwark_ack(bulwark_client* client, const char* id);
BULWARK_API int bulwark_cancel(bulwark_client* client, const char* id);
/* How much of this trade would pass, and what bounds it. */
BULWARK_API int bulwark_size(bulwark_client* client, const bulwark_trade* trade, bulwark_size_answer* answer);
/* What became of the order that was asked for under this id: for whoever has no answer of its own, because a death on
 * either side cut off the check. */
BULWARK_API int bulwark_order_status(bulwark_client* client, const char* id, bulwark_order_state* answer);
/* A client that never asks for commands is never given an order of a liquidation. */
BULWARK_API int bulwark_next_command(bulwark_client* client, bulwark_command* command);

BULWARK_API int bulwark_publish_marks(const char* instance, bulwark_publisher** publisher);
/* bid and ask, or last, or all three; NULL for what is not given. */
BULWARK_API int bulwark_mark(bulwark_publisher* publisher, const char* symbol, const char* bid, const char* ask,
                             const char* last);
BULWARK_API int bulwark_publisher_close(bulwark_publisher* publisher);
BULWARK_API void bulwark_publisher_free(bulwark_publisher* publisher);

#ifdef __cplusplus
}

template <class Struct>
inline Struct bulwark_sized() {
  Struct result{};
  result.size = sizeof(Struct);
  return result;
}
#endif
