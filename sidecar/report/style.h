// SPDX-License-Identifier: Apache-2.0
// How the HTML report looks, on the screen and on paper. Blocks and tables only: both converters to PDF know these.
#pragma once

namespace bulwark::report {

inline constexpr char style[] = R"css(
body { font: 10pt/1.4 "DejaVu Sans", "Helvetica Neue", Arial, sans-serif; color: #1a1a1a; background: #fff; max-width: 182mm;
  margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 17pt; margin: 0; }
h2 { font-size: 12.5pt; margin: 9mm 0 2mm; border-bottom: 0.5pt solid #888; break-after: avoid; }
h3 { font-size: 10pt; margin: 4mm 0 1mm; break-after: avoid; }
p { margin: 1.5mm 0; orphans: 3; widows: 3; }
.under { color: #555; }
.summary { font-size: 11pt; margin: 4mm 0; }
.decisions, .calm, .damage { border: 1pt solid #1a1a1a; border-left-width: 4pt; padding: 2mm 4mm; margin: 3mm 0; break-inside: avoid; }
.calm { border-width: 0.5pt; }
.damage { border-width: 3pt; font-weight: bold; }
.decisions ol { margin: 1mm 0; padding-left: 6mm; }
.nothing, .note { color: #555; font-size: 9pt; }
table { border-collapse: collapse; width: 100%; margin: 1.5mm 0; font-size: 8.5pt; }
th { text-align: left; font-weight: 600; border-bottom: 0.75pt solid #444; padding: 0.8mm 1.5mm; vertical-align: bottom; }
td { border-bottom: 0.25pt solid #ccc; padding: 0.8mm 1.5mm; vertical-align: top; }
td.w { overflow-wrap: anywhere; min-width: 22mm; }
th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.few { break-inside: avoid; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
table.key td { border: 0.5pt solid #bbb; width: 20%; padding: 1.5mm 2mm; }
table.key td span { display: block; font-size: 8pt; color: #555; }
table.key td b { font-size: 12pt; white-space: nowrap; }
code { font: 8pt "DejaVu Sans Mono", Consolas, monospace; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; display: block; margin: 2mm 0; break-inside: avoid; }
@media screen and (max-width: 600px) { table { display: block; overflow-x: auto; } }
@media print { body { margin: 0; padding: 0; max-width: none; } }
)css";

}  // namespace bulwark::report
