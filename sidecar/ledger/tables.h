// SPDX-License-Identifier: Apache-2.0
// The words of the ledger's rows, once: columns of PostgreSQL, and fields of what `bulwark audit` says. A sink takes
// the cells of a row one after the other, in the order of the columns.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "shm/units.h"
#include "shm/words.h"

namespace bulwark::ledger {

enum class Table : std::uint8_t {
  Verdict,
  Objection,
  Fill,
  OrderEvent,
  Error,
  Breach,
  State,
  Stop,
  ClientStop,
  LimitChange,
  Configuration,
  ModelVersion,
  Alert,
  Remark
};

// Every row begins with the stream (PostgreSQL alone), seq, t and t_ns; then come these.
struct TableWords {
  std::string_view name;
  std::string_view columns;  // separated by commas
};
inline constexpr auto table_words = std::to_array<TableWords>({
    {"verdict",
     "event_seq,type,id,orig_id,client,account,strategy,symbol,side,asked_quantity,price,reduce_only,decision,"
     "allowed_quantity,reason,limit_name,scope,value,max,scaled,scaled_cause,reference,mark_t_ns,model,configuration"},
    {"objection", "event_seq,limit_name,metric,scope,value,max"},
    {"fill", "id,exec_id,client,account,strategy,symbol,side,quantity,price,fee"},
    {"order_event", "event_seq,type,id,client,why,account,symbol,side,quantity,price"},
    {"error", "event_seq,type,id,message"},
    {"breach", "event_seq,type,limit_name,scope,metric,value,max,action"},
    {"state", "event_seq,scope,state,cause"},
    {"stop", "type,scope,operator,reason,epoch"},
    {"client_stop", "epoch,client,outcome,delay_ns"},
    {"limit_change", "n,type,limit_name,scope,key,old_value,new_value,until,operator,reason"},
    {"configuration", "hash,text"},
    {"model_version", "version,configuration,confidence,symbols,factors,scenarios"},
    {"alert", "source,message"},
    {"remark", "operator,message"},
});
inline constexpr std::size_t table_count = table_words.size();
static_assert(static_cast<std::size_t>(Table::Remark) + 1 == table_count);
constexpr const TableWords& words_of(Table table) { return table_words[static_cast<std::size_t>(table)]; }

class RowSink {
public:
  virtual ~RowSink() = default;

  virtual void begin(Table table, std::uint64_t sequence, TimeNs t) = 0;
  virtual void end() = 0;

  virtual void null() = 0;
  virtual void text(std::string_view text) = 0;
  virtual void number(std::int64_t number) = 0;  // bigint
  virtual void count(std::int32_t count) = 0;    // integer
  virtual void boolean(bool boolean) = 0;
  virtual void decimal(int128 raw) = 0;          // numeric
  virtual void fraction(double value) = 0;       // numeric
  virtual void json(std::string_view text) = 0;  // jsonb
  virtual void moment(TimeNs t) = 0;             // timestamptz

  // Empty: null.
  void name(std::string_view name) { name.empty() ? null() : text(name); }
  void value(const Value& value) {
    if (value.kind == ValueKind::Absent || value.kind == ValueKind::Null) null();
    else if (value.kind == ValueKind::Fraction) fraction(value.fraction());
    else decimal(value.raw());
  }
};

}  // namespace bulwark::ledger
