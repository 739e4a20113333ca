// SPDX-License-Identifier: Apache-2.0
// Each rule: what begins it, what it says, what ends it.
#include <gtest/gtest.h>

#include <algorithm>

#include "sidecar/console/alerts/rules.h"

namespace bulwark::alerts {
namespace {

constexpr std::int64_t second = 1'000'000'000;

class RulesTest : public testing::Test {
protected:
  // "began breach/day", and the text of the last signal in `text`.
  std::vector<std::string> row(const std::string& json) {
    std::vector<std::string> told;
    rules.happened(Json::parse(json), [&](What what, const Signal& one, TimeNs) {
      const char* words[] = {"began ", "ended ", "happened "};
      told.push_back(words[static_cast<int>(what)] + one.rule + (one.limit.empty() ? "" : "/" + one.limit));
      text = one.text;
      on = one.on;
      key = one.key();
    });
    return told;
  }
  // The rules that stand after a look so many seconds later.
  std::vector<std::string> look(std::int64_t after_s = 0) {
    now_s += after_s;
    Standing standing = rules.looked(state, {now_s * second});
    kept = standing.kept;
    unknown = standing.unknown_rules;
    std::vector<std::string> found;
    for (const Signal& one : standing.signals) {
      found.push_back(one.rule + (one.milder ? " (milder)" : ""));
      text = one.text;
    }
    return found;
  }
  // Looked at for long enough.
  std::vector<std::string> settled() {
    look();
    look(5);
    return look(6);
  }

  using Texts = std::vector<std::string>;
  std::int64_t now_s = 1'800'000'000;
  Rules rules{config::alert_rules, "desk"};
  Json state = Json::parse(R"({"status":{"state":"normal","cause":"","since":0,"epoch":1,
    "lease":{"running":true,"lapses":0},"liquidation":{"orders":0,"untaken":0},
    "journal":{"state":"healthy","seq":10,"lag":0,"files_left":9,"error":""},"ledger":null,
    "processes":{"bulwark-sidecar":5,"bulwark-watchdog":6},"clients":[{"client":"c1","pid":7,"acknowledged":false}]},
    "states":[],"controls":[],"stale":[],
    "risk":{"model":{"refusal":null},"backtest":{"sessions":20,"basel_zone":"green","exceptions":{"frozen":0}}},
    "why_not":null})");
  std::string text, key;
  Json on;
  std::set<std::string> kept, unknown;
};

TEST_F(RulesTest, WhereAllIsWellNobodyIsTold) { EXPECT_EQ(settled(), Texts{}); }

TEST_F(RulesTest, ABreachSaysHowMuchAndWhatItForbids) {
  EXPECT_EQ(row(R"({"seq":5,"type":"breach","t":9,"limit":"day","on":{"account":"ACC1"},"metric":"daily_loss",
                    "value":"21000","max":"20000","action":"halt"})"),
            Texts{"began breach/day"});
  EXPECT_EQ(text,
            "Limit \"day\" is passed: daily_loss of account ACC1 is 21000, allowed is 20000. Trading there is halted: "
            "nothing but cancels goes through, until a named person resumes. Look: bulwark status --controls "
            "--instance desk");
  EXPECT_EQ(row(R"({"type":"warning","t":9,"limit":"day","on":{},"metric":"daily_loss","value":"17000","max":"20000",
                    "action":"halt"})"),
            Texts{"began warning/day"});
  EXPECT_EQ(row(R"({"type":"cleared","t":9,"limit":"day","on":{},"metric":"daily_loss","value":"1","max":"20000",
                    "action":"halt"})"),
            (Texts{"ended breach/day", "ended warning/day"}));
}

TEST_F(RulesTest, StopsAndWhatPersonsDo) {
  EXPECT_EQ(row(R"({"type":"stop","t":9,"epoch":4,"trading":false})"), Texts{"began stop"});
  EXPECT_NE(text.find("open positions stay open"), std::string::npos);
  const std::string first = key;
  row(R"({"type":"stop","t":9,"epoch":5,"trading":false})");
  EXPECT_NE(key, first);  // another one, of which people are told whenever it comes
  EXPECT_EQ(row(R"({"type":"control","t":9,"command":"reduce_only","on":{"account":"ACC1"},"operator":"ada",
                    "reason":"odd fills"})"),
            Texts{"began stop"});
  EXPECT_EQ(text,
            "Only reducing orders are allowed for account ACC1 by ada (odd fills). Orders that add risk are refused; "
            "orders that reduce a position and cancels go through. To end it: killswitch resume --instance desk --on "
            "account=ACC1 --operator NAME --reason TEXT");
  EXPECT_EQ(row(R"({"type":"control","t":9,"command":"resume","on":{},"operator":"ada","stage":"half"})"),
            (Texts{"ended stop", "ended stop", "happened resume"}));
  EXPECT_EQ(row(R"({"type":"control","t":9,"command":"override","limit":"day","max":"50000","until":0,
                    "operator":"ada","reason":"month end"})"),
            Texts{"happened override/day"});
  EXPECT_EQ(
      text,
      "Limit \"day\" of everything that it covers was set to 50000 until 1970-01-01T00:00:00Z by ada (month end); "
      "it is judged by that number");
  EXPECT_EQ(row(R"({"type":"remark","t":9,"operator":"ada","text":"reload: month end"})"), Texts{"happened remark"});
}

TEST_F(RulesTest, AStopEndsWithTheResumeOfItsScope) {
  const std::string halt = R"({"type":"control","t":9,"command":"halt","on":{"account":"ACC1"},"operator":"ada"})";
  EXPECT_EQ(row(halt), Texts{"began stop"});
  const std::string first = key;
  EXPECT_EQ(row(R"({"type":"control","t":9,"command":"resume","on":{},"operator":"ada"})"), Texts{"happened resume"});
  Rules later(config::alert_rules, "desk");  // the console was started again
  later.load(rules.save());
  std::vector<std::string> ended;
  const auto note = [&](What what, const Signal& one, TimeNs) {
    if (what == What::Ended) ended.push_back(one.key());
  };
  later.happened(Json::parse(R"({"type":"control","t":9,"command":"resume","on":{"account":"ACC1"},"operator":"bob"})"),
                 note);
  EXPECT_EQ(ended, Texts{first});
}

TEST_F(RulesTest, WhereTradingGoesOnAStopRecordEndsOnlyWhatWasStopped) {
  const std::string goes_on = R"({"type":"stop","t":9,"epoch":5,"trading":true})";
  EXPECT_EQ(row(goes_on), Texts{});  // a halt of a part, or an ordinary start
  row(R"({"type":"control","t":9,"command":"halt","on":{"account":"ACC1"},"operator":"ada"})");
  EXPECT_EQ(row(goes_on), Texts{});
  row(R"({"type":"stop","t":9,"epoch":6,"trading":false})");
  EXPECT_EQ(row(goes_on), (Texts{"ended stop", "happened resume"}));
  EXPECT_EQ(row(goes_on), Texts{});
}

TEST_F(RulesTest, AStopIsNoLapseOfTheLease) {
  state["status"]["lease"]["running"] = false;
  state["status"]["state"] = "halted";
  EXPECT_EQ(settled(), Texts{"state"});
  state["status"]["state"] = "reduce_only";
  EXPECT_EQ(settled(), (Texts{"state (milder)", "lease"}));
}

TEST_F(RulesTest, MoneyThatGoesInOrOut) {
  row(R"({"type":"remark","t":9,"operator":"ada","text":"equity of ACC1: month end"})");
  EXPECT_EQ(row(R"({"type":"equity","t":9,"account":"ACC1","amount":"-5000"})"), Texts{"happened equity"});
  EXPECT_EQ(text,
            "5000 was taken out of account ACC1 (ada: equity of ACC1: month end): its equity, and the limits that "
            "follow it, are counted with that");
  EXPECT_EQ(row(R"({"type":"equity","t":9,"account":"ACC1","amount":"70"})"), Texts{"happened equity"});
  EXPECT_EQ(text.substr(0, text.find(':')), "70 was put into account ACC1");
}

TEST_F(RulesTest, OtherRecords) {
  EXPECT_EQ(row(R"({"type":"lease","t":9,"lapses":3})"), Texts{"happened lease"});
  EXPECT_EQ(row(R"({"type":"client_stop","t":9,"epoch":4,"outcome":"acknowledged","client":"c1"})"), Texts{});
  EXPECT_EQ(row(R"({"type":"client_stop","t":9,"epoch":4,"outcome":"silent","client":"c1"})"),
            Texts{"happened client"});
  EXPECT_EQ(row(R"({"type":"client_stop","t":9,"epoch":4,"outcome":"gone","client":"c2"})"), Texts{"happened client"});
  EXPECT_EQ(row(R"({"type":"liquidation","t":9,"account":"ACC1","symbol":"AAPL","side":"sell","quantity":"5",
                    "cause":"day"})"),
            Texts{"happened liquidation"});
  EXPECT_EQ(row(R"({"type":"warning","t":9,"message":"sums have drifted"})"), Texts{"happened drift"});
  EXPECT_EQ(row(R"({"type":"warning","t":9,"id":"o1","client":"c1","message":"a fill of an unknown order"})"),
            Texts{"happened warning"});
}

TEST_F(RulesTest, OnlyAnotherConfigurationIsNews) {
  EXPECT_EQ(row(R"({"type":"configuration","t":9,"file":"a.toml"})"), Texts{});
  EXPECT_EQ(row(R"({"type":"configuration","t":9,"file":"a.toml"})"), Texts{});
  const Json saved = rules.save();
  Rules others(config::alert_rules, "desk");
  others.load(saved);
  int told = 0;
  others.happened(Json::parse(R"({"type":"configuration","t":9,"file":"b.toml"})"),
                  [&](What, const Signal&, TimeNs) { ++told; });
  EXPECT_EQ(told, 1);
}

TEST_F(RulesTest, StatesOfTheWholeAndOfParts) {
  state["status"]["state"] = "halted";
  state["status"]["cause"] = "limit day";
  EXPECT_EQ(look(), Texts{"state"});
  EXPECT_EQ(text,
            "desk: the whole portfolio is halted (limit day). Every new order is refused, also one that would close a "
            "position; only cancels and the orders of a liquidation go through, and open positions stay open. To end "
            "it: killswitch resume --instance desk --operator NAME --reason TEXT");
  state["status"]["state"] = "normal";
  state["states"] = Json::parse(R"([{"on":{"account":"ACC1"},"state":"reduce_only","cause":"limit day"}])");
  EXPECT_EQ(look(), Texts{"state (milder)"});
  state["states"] = Json::array();
  EXPECT_EQ(look(3), Texts{});
  EXPECT_TRUE(kept.empty());
}

TEST_F(RulesTest, WhatIsGoneWithinMomentsIsNotTold) {
  state["status"]["processes"].erase("bulwark-sidecar");
  EXPECT_EQ(look(), Texts{});
  EXPECT_EQ(kept.size(), 1);
  EXPECT_EQ(look(3), Texts{"process"});
  state["status"]["processes"]["bulwark-sidecar"] = 9;
  EXPECT_EQ(look(1), Texts{});
  EXPECT_EQ(kept.size(), 1);  // it may have come and gone
  look(2);
  EXPECT_TRUE(kept.empty());
}

TEST_F(RulesTest, ProcessesLeaseAndLiquidations) {
  state["status"]["processes"] = Json::object();
  state["status"]["lease"]["running"] = false;
  state["status"]["liquidation"]["untaken"] = 2;
  EXPECT_EQ(settled(), (Texts{"process", "process", "lease", "liquidation"}));
}

TEST_F(RulesTest, AClientThatIsSilentOnAStop) {
  EXPECT_EQ(settled(), Texts{});  // nothing was stopped
  state["status"]["since"] = now_s * second;
  EXPECT_EQ(look(), Texts{});  // it has a moment
  EXPECT_EQ(look(3), Texts{"client"});
  EXPECT_EQ(text.substr(0, text.find(':')), "Client c1 (pid 7) has not acknowledged stop 1");
}

TEST_F(RulesTest, TheJournal) {
  state["status"]["journal"]["state"] = "full";
  EXPECT_EQ(settled(), Texts{"journal"});
  state["status"]["journal"] = Json::parse(R"({"state":"healthy","lag":200000,"files_left":1,"error":""})");
  EXPECT_EQ(settled(), (Texts{"journal_lag", "disk"}));
  state["status"]["journal"] = nullptr;
  EXPECT_EQ(settled(), Texts{});
  EXPECT_TRUE(unknown.contains("journal"));
}

TEST_F(RulesTest, TheLedger) {
  state["status"]["ledger"] = Json::parse(R"({"pid":9,"postgres":{"state":"shipping","seq":1,"lag":5,"error":""},
    "redis":{"state":"waiting","seq":1,"lag":9,"error":"connection refused"}})");
  EXPECT_EQ(settled(), Texts{"ledger"});
  EXPECT_NE(text.find("Redis is 9 records behind the journal: it is waiting (connection refused)"), std::string::npos);
  state["status"]["ledger"]["postgres"]["lag"] = 2'000'000;
  EXPECT_EQ(settled(), (Texts{"ledger", "ledger"}));
}

TEST_F(RulesTest, ModelBackTestMarksAndTheJournalThatCannotBeRead) {
  state["risk"]["model"]["refusal"] = "prices.csv is missing";
  state["risk"]["backtest"]["basel_zone"] = "yellow";
  state["stale"] = Json::parse(R"([{"symbol":"AAPL","age_ns":9000000000},{"symbol":"MSFT","age_ns":null}])");
  EXPECT_EQ(settled(), (Texts{"model", "backtest", "stale_marks"}));
  EXPECT_NE(text.find("2 symbols with positions or working orders have no fresh mark (AAPL, MSFT)"), std::string::npos);
  state["risk"] = nullptr;
  state.erase("stale");
  state["controls"] = nullptr;
  state["why_not"] = "damaged";
  EXPECT_EQ(settled(), Texts{"unread"});
  EXPECT_TRUE(unknown.contains("model") && unknown.contains("stale_marks"));
}

TEST_F(RulesTest, ManyRefusalsWithinAMinute) {
  const auto refuse = [&](int count) {
    for (int k = 0; k < count; ++k)
      row(R"({"type":"verdict","decision":"rejected","reason":"gross","client":"c1","t":)" +
          std::to_string(now_s * second) + "}");
  };
  refuse(600);
  EXPECT_EQ(look(), Texts{});
  now_s += 59;
  refuse(1);
  EXPECT_EQ(look(), Texts{"refusals"});
  EXPECT_NE(text.find("(the last for gross to client c1)"), std::string::npos);
  EXPECT_EQ(look(2), Texts{});
}

TEST_F(RulesTest, StartsAgainAndAgain) {
  const auto start = [&] { row(R"({"type":"start","t":)" + std::to_string(now_s * second) + "}"); };
  start(), start();
  EXPECT_EQ(look(), Texts{});
  now_s += 300;
  start();
  EXPECT_EQ(look(), Texts{"restarts"});
  EXPECT_EQ(look(400), Texts{});
}

}  // namespace
}  // namespace bulwark::alerts
