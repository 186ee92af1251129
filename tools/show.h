/* SPDX-License-Identifier: MIT */
/* The parts of "fastabi-gen show".  Knows only the public headers of the library. */
#ifndef FASTABI_SHOW_H
#define FASTABI_SHOW_H

#include "dump.h"
#include "tool.h"

/* How an operation is called on the command line: "up"; "direct" for the direct call. */
const char *show_op_name(const struct fastabi_op *op);

/* The type of a parameter as a person writes it: "evtchn_port", "u32", "u64 (untyped)". */
const char *show_param_type(const struct fastabi_param *param);

/* Print a specification as a table of its operations.  called is its name for the command line. */
enum tool_status show_spec(const struct fastabi_spec *spec, const char *called);

/* Print one operation: its registers in a table, and what is written of them. */
enum tool_status show_op(const struct fastabi_spec *spec, const struct fastabi_op *op);

/* Print the call, or the result, that a dump shows. */
enum tool_status show_call(const struct tool_command *command, const struct tool_specs *specs,
                           const struct dump *dump);

/*
 * Print a line for each line of a trace, or the call of a dump of several lines.  Goes on after a
 * line that is wrong, which is reported with its number.  Cuts text into lines.
 */
enum tool_status show_trace(const struct tool_command *command, const struct tool_specs *specs,
                            char *text);

/* A call in one line after before, or what is wrong with it; line is where it is. */
enum tool_status show_call_line(const struct tool_specs *specs, const struct dump *dump,
                                size_t line, const char *before);

/* The value of rax after a call, in one line. */
void show_result_line(uint64_t rax);

/*
 * Print the FastABI calls of a stream of Xen's trace records, which is what xentrace writes:
 * integers of 32 bits, the lowest byte first.  The registers of a call are in three records.
 */
enum tool_status show_records(const struct tool_specs *specs, const char *bytes, size_t length);

#endif
