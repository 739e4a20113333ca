/* SPDX-License-Identifier: Apache-2.0
 * The C library as C sees it. With no argument: the sizes and offsets of every struct, for the golden file. With the
 * name of an instance: each call once, and misuse, against the stand-in instance. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/bulwark.h"

static int failures = 0;

static void expect(int got, int wanted, const char* text, const char* call, int line) {
  const int text_fits = wanted == BULWARK_OK || strcmp(bulwark_last_error(), text) == 0;
  if (got == wanted && text_fits) return;
  fprintf(stderr, "line %d: %s gave %d (%s), not %d (%s)\n", line, call, got, bulwark_last_error(), wanted, text);
  ++failures;
}
#define EXPECT(call, wanted, text) expect((call), (wanted), (text), #call, __LINE__)
#define EXPECT_OK(call) EXPECT(call, BULWARK_OK, "")
#define EXPECT_TRUE(claim) expect((claim) ? 0 : 1, 0, "", #claim, __LINE__)

#define FIELD(type, field) printf("  %s %zu %zu\n", #field, offsetof(type, field), sizeof(((type*)0)->field))
static void print_layout(void) {
  printf("bulwark_options %zu\n", sizeof(bulwark_options));
  FIELD(bulwark_options, size), FIELD(bulwark_options, timeout_ms), FIELD(bulwark_options, spin_us);
  FIELD(bulwark_options, instance), FIELD(bulwark_options, client), FIELD(bulwark_options, account);
  FIELD(bulwark_options, strategy);
  printf("bulwark_order %zu\n", sizeof(bulwark_order));
  FIELD(bulwark_order, size), FIELD(bulwark_order, resize), FIELD(bulwark_order, reduce_only);
  FIELD(bulwark_order, id), FIELD(bulwark_order, symbol), FIELD(bulwark_order, side), FIELD(bulwark_order, quantity);
  FIELD(bulwark_order, price);
  printf("bulwark_replacement %zu\n", sizeof(bulwark_replacement));
  FIELD(bulwark_replacement, size), FIELD(bulwark_replacement, id), FIELD(bulwark_replacement, new_id);
  FIELD(bulwark_replacement, quantity), FIELD(bulwark_replacement, price);
  printf("bulwark_execution %zu\n", sizeof(bulwark_execution));
  FIELD(bulwark_execution, size), FIELD(bulwark_execution, id), FIELD(bulwark_execution, exec_id);
  FIELD(bulwark_execution, quantity), FIELD(bulwark_execution, price), FIELD(bulwark_execution, fee);
  FIELD(bulwark_execution, symbol), FIELD(bulwark_execution, side);
  printf("bulwark_verdict %zu\n", sizeof(bulwark_verdict));
  FIELD(bulwark_verdict, size), FIELD(bulwark_verdict, decision), FIELD(bulwark_verdict, quantity);
  FIELD(bulwark_verdict, reason), FIELD(bulwark_verdict, limit), FIELD(bulwark_verdict, value);
  FIELD(bulwark_verdict, max);
  printf("bulwark_command %zu\n", sizeof(bulwark_command));
  FIELD(bulwark_command, size), FIELD(bulwark_command, kind), FIELD(bulwark_command, id);
  FIELD(bulwark_command, cause), FIELD(bulwark_command, symbol), FIELD(bulwark_command, side);
  FIELD(bulwark_command, quantity), FIELD(bulwark_command, price), FIELD(bulwark_command, account);
  FIELD(bulwark_command, strategy), FIELD(bulwark_command, again);
  printf("bulwark_trade %zu\n", sizeof(bulwark_trade));
  FIELD(bulwark_trade, size), FIELD(bulwark_trade, symbol), FIELD(bulwark_trade, side), FIELD(bulwark_trade, price);
  FIELD(bulwark_trade, edge), FIELD(bulwark_trade, horizon_days), FIELD(bulwark_trade, win_probability);
  FIELD(bulwark_trade, payoff), FIELD(bulwark_trade, confidence);
  printf("bulwark_size_answer %zu\n", sizeof(bulwark_size_answer));
  FIELD(bulwark_size_answer, size), FIELD(bulwark_size_answer, quantity), FIELD(bulwark_size_answer, binding);
  FIELD(bulwark_size_answer, kelly), FIELD(bulwark_size_answer, volatility), FIELD(bulwark_size_answer, risk_budget);
  FIELD(bulwark_size_answer, balance), FIELD(bulwark_size_answer, limits), FIELD(bulwark_size_answer, max_fraction);
  printf("bulwark_order_state %zu\n", sizeof(bulwark_order_state));
  FIELD(bulwark_order_state, size), FIELD(bulwark_order_state, state), FIELD(bulwark_order_state, quantity);
  FIELD(bulwark_order_state, filled), FIELD(bulwark_order_state, remaining);
}

static bulwark_order order_of(const char* id, const char* quantity) {
  bulwark_order order = BULWARK_INIT(bulwark_order);
  order.id = id;
  order.symbol = "AAPL";
  order.side = "buy";
  order.quantity = quantity;
  order.price = "189.50";
  return order;
}

static void calls(bulwark_client* client) {
  bulwark_verdict verdict = BULWARK_INIT(bulwark_verdict);
  bulwark_order order = order_of("o1", "100");
  int clear = 7;
  EXPECT_OK(bulwark_check(client, &order, &verdict));
  EXPECT_TRUE(verdict.decision == BULWARK_ACCEPTED && strcmp(verdict.quantity, "100") == 0 && verdict.reason[0] == 0);
  EXPECT_OK(bulwark_clear_to_send(client, "o1", &clear));
  EXPECT_TRUE(clear == 1);
  EXPECT_OK(bulwark_clear_to_send(client, "other", &clear));
  EXPECT_TRUE(clear == 0);
  EXPECT_OK(bulwark_clear_to_send(client, NULL, &clear));
  EXPECT_TRUE(clear == 1);
  order = order_of("o2", "1500");
  EXPECT_OK(bulwark_check(client, &order, &verdict));
  EXPECT_TRUE(verdict.decision == BULWARK_REJECTED && strcmp(verdict.quantity, "0") == 0);
  EXPECT_TRUE(strcmp(verdict.reason, "order_quantity") == 0 && strcmp(verdict.limit, "size") == 0);
  EXPECT_TRUE(strcmp(verdict.value, "1500") == 0 && strcmp(verdict.max, "1000") == 0);
  order.resize = BULWARK_RESIZE_ALLOWED;
  order.price = NULL;
  EXPECT_OK(bulwark_check(client, &order, &verdict));
  EXPECT_TRUE(verdict.decision == BULWARK_RESIZED && strcmp(verdict.quantity, "1000") == 0);
}

/* Of the order that calls() has left working. */
static void reports(bulwark_client* client) {
  bulwark_verdict verdict = BULWARK_INIT(bulwark_verdict);
  bulwark_replacement change = BULWARK_INIT(bulwark_replacement);
  change.id = "o1";
  change.new_id = "n1";
  change.quantity = "80";
  EXPECT_OK(bulwark_replace(client, &change, &verdict));
  EXPECT_TRUE(verdict.decision == BULWARK_ACCEPTED);
  EXPECT_OK(bulwark_ack(client, "n1"));
  bulwark_execution execution = BULWARK_INIT(bulwark_execution);
  execution.id = "o1";
  execution.exec_id = "e1";
  execution.quantity = "10";
  execution.price = "189.50";
  execution.fee = "0.10";
  EXPECT_OK(bulwark_fill(client, &execution));
  bulwark_order_state status = BULWARK_INIT(bulwark_order_state);
  EXPECT_OK(bulwark_order_status(client, "n1", &status));
  EXPECT_TRUE(status.state == BULWARK_WORKING && strcmp(status.quantity, "100") == 0);
  EXPECT_TRUE(strcmp(status.filled, "10") == 0 && strcmp(status.remaining, "90") == 0);
  EXPECT_OK(bulwark_order_status(client, "ghost", &status));
  EXPECT_TRUE(status.state == BULWARK_UNKNOWN && strcmp(status.quantity, "0") == 0);
  EXPECT(bulwark_order_status(client, "", &status), BULWARK_WRONG,
         "id: is empty; ids are 1 to 64 printable ASCII characters");
  EXPECT_OK(bulwark_cancel(client, "n1"));
  EXPECT_OK(bulwark_done(client, "n1", "canceled"));
  EXPECT(bulwark_ack(client, "ghost"), BULWARK_REFUSED, "ack: no order of this client has that id (id \"ghost\")");
  bulwark_command command = BULWARK_INIT(bulwark_command);
  EXPECT_OK(bulwark_next_command(client, &command));
  EXPECT_TRUE(command.kind == BULWARK_NO_COMMAND && command.again == 0);
  bulwark_trade trade = BULWARK_INIT(bulwark_trade);
  bulwark_size_answer size = BULWARK_INIT(bulwark_size_answer);
  trade.symbol = "AAPL";
  trade.side = "buy";
  trade.edge = "0.002";
  EXPECT_OK(bulwark_size(client, &trade, &size));
  EXPECT_TRUE(strcmp(size.quantity, "100") == 0 && strcmp(size.binding, "limits") == 0);
  EXPECT_TRUE(strcmp(size.kelly, "250") == 0 && strcmp(size.limits, "100") == 0 && size.balance[0] == 0);
  trade.payoff = "1";
  EXPECT(bulwark_size(client, &trade, &size), BULWARK_WRONG,
         "edge: is missing, or given twice; a size has an edge, or win_probability and payoff");
  EXPECT_TRUE(strcmp(size.quantity, "0") == 0);
}

static void misuse(bulwark_client* client) {
  bulwark_verdict verdict = BULWARK_INIT(bulwark_verdict);
  static const char* const wrong[][2] = {
      {"1e3", "quantity: \"1e3\" is not a decimal number (like \"189.50\")"},
      {"NaN", "quantity: \"NaN\" is not a decimal number (like \"189.50\")"},
      {"0.123456789", "quantity: \"0.123456789\" has more than 8 decimals"},
      {"1000000000000", "quantity: \"1000000000000\" is out of range: at most 10000000000 is allowed"},
      {NULL, "quantity: is missing; a decimal number is needed"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; ++i) {
    bulwark_order order = order_of("o", wrong[i][0]);
    memset(&verdict, 0x7f, sizeof verdict);
    verdict.size = sizeof verdict;
    EXPECT(bulwark_check(client, &order, &verdict), BULWARK_WRONG, wrong[i][1]);
    EXPECT_TRUE(verdict.decision == BULWARK_UNDECIDED && strcmp(verdict.quantity, "0") == 0);
  }
  bulwark_order order = order_of(NULL, "1");
  EXPECT(bulwark_check(client, &order, &verdict), BULWARK_WRONG,
         "id: is empty; ids are 1 to 64 printable ASCII characters");
  order = order_of("o", "1");
  order.size = 8;
  EXPECT(
      bulwark_check(client, &order, &verdict), BULWARK_WRONG,
      "order: its size is 8, 56 is allowed; set it with BULWARK_INIT, and build against the bulwark.h of this library");
  order = order_of("o", "1");
  order.resize = 3;
  EXPECT(bulwark_check(client, &order, &verdict), BULWARK_WRONG, "resize: 3 is not allowed; 0, 1 and 2 are");
  order = order_of("o", "1");
  order.symbol = "NOSUCH";
  EXPECT_OK(bulwark_check(client, &order, &verdict));
  EXPECT_TRUE(verdict.decision == BULWARK_REJECTED && strcmp(verdict.reason, "unknown_symbol") == 0);
  EXPECT(bulwark_check(client, NULL, &verdict), BULWARK_WRONG, "order: is NULL");
  EXPECT(bulwark_check(client, &order, NULL), BULWARK_WRONG, "verdict: is NULL");
  EXPECT(bulwark_check(NULL, &order, &verdict), BULWARK_WRONG, "client: is NULL");
  EXPECT(bulwark_done(client, "o", NULL), BULWARK_WRONG,
         "why: \"\" is not allowed; \"canceled\", \"rejected\" and \"expired\" are");
}

static void marks(const char* instance) {
  bulwark_publisher* publisher = NULL;
  EXPECT_OK(bulwark_publish_marks(instance, &publisher));
  EXPECT_OK(bulwark_mark(publisher, "AAPL", "189.49", "189.51", NULL));
  EXPECT(bulwark_mark(publisher, "AAPL", "1", NULL, NULL), BULWARK_WRONG,
         "bid: bid and ask are given together, or neither");
  EXPECT_OK(bulwark_publisher_close(publisher));
  EXPECT(bulwark_mark(publisher, "AAPL", "1", "2", NULL), BULWARK_WRONG,
         "this publisher has been closed; publish_marks again to go on");
  bulwark_publisher_free(publisher);
}

int main(int argc, char** argv) {
  if (argc < 2) return print_layout(), 0;
  bulwark_client* client = (bulwark_client*)&failures;
  bulwark_options options = BULWARK_INIT(bulwark_options);
  EXPECT_TRUE(bulwark_abi_version() == BULWARK_ABI_VERSION);
  options.instance = "nosuch";
  options.client = "c";
  EXPECT_TRUE(bulwark_attach(&options, &client) == BULWARK_UNAVAILABLE && client == NULL);
  EXPECT_TRUE(strncmp(bulwark_last_error(), "instance: \"nosuch\" is not running", 33) == 0);
  options.instance = argv[1];
  options.account = "ACC1";
  options.strategy = "momo";
  EXPECT_OK(bulwark_attach(&options, &client));
  bulwark_client* twice = NULL;
  EXPECT(bulwark_attach(&options, &twice), BULWARK_REFUSED,
         "client: \"c\" is attached already, by a process that lives; each name is for one process at a time");
  calls(client);
  reports(client);
  misuse(client);
  marks(argv[1]);
  const pid_t child = fork();
  if (child == 0) {
    EXPECT(bulwark_ack(client, "o1"), BULWARK_WRONG,
           "this is a forked child; it must attach for itself, under another name");
    bulwark_free(client);
    _exit(failures);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(status == 0);
  EXPECT_OK(bulwark_detach(client));
  EXPECT(bulwark_ack(client, "o1"), BULWARK_WRONG, "this client has been detached; attach again to go on");
  EXPECT(bulwark_detach(client), BULWARK_WRONG, "this client has been detached; attach again to go on");
  bulwark_free(client);
  bulwark_free(NULL);
  return failures == 0 ? 0 : 1;
}
