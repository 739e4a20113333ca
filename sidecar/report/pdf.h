// SPDX-License-Identifier: Apache-2.0
// HTML as PDF, by a program of the machine: Chromium, or WeasyPrint.
#pragma once

#include <string>

namespace bulwark::report {

// The first of those programs that PATH has; empty: none.
std::string pdf_program();

inline constexpr char no_pdf_program[] =
    "no program here makes a PDF: install chromium (or chromium-headless-shell), or weasyprint, or take --format html";

// The PDF's bytes. Throws std::runtime_error, saying what the program said.
std::string pdf_of(const std::string& html, const std::string& program);

}  // namespace bulwark::report
