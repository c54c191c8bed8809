/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug messages on stderr, off unless the environment has DMASCOPE_DEBUG=1. */
#pragma once

#include "base/util.h"

void log_debug(const char *format, ...) _printf_(1, 2);
