// The rows of the table of formats: each format's functions, which only formats.cpp calls.
#pragma once

#include <string_view>

#include "parse/format.h"

namespace culprit {

double score_ndjson(std::string_view sample, const Zone& zone);
Reading read_ndjson(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_access(std::string_view sample, const Zone& zone);
Reading read_access(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_logfmt(std::string_view sample, const Zone& zone);
Reading read_logfmt(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_csv(std::string_view sample, const Zone& zone);
void prepare_csv(std::string_view sample, Dialect& dialect);
Reading read_csv(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_text(std::string_view sample, const Zone& zone);
void prepare_text(std::string_view sample, Dialect& dialect);
Reading read_text(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_docker(std::string_view sample, const Zone& zone);
void prepare_docker(std::string_view sample, Dialect& dialect);
Reading read_docker(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_cri(std::string_view sample, const Zone& zone);
void prepare_cri(std::string_view sample, Dialect& dialect);
Reading read_cri(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_kubectl(std::string_view sample, const Zone& zone);
void prepare_kubectl(std::string_view sample, Dialect& dialect);
Reading read_kubectl(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_compose(std::string_view sample, const Zone& zone);
void prepare_compose(std::string_view sample, Dialect& dialect);
Reading read_compose(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_haproxy(std::string_view sample, const Zone& zone);
Reading read_haproxy(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_iis(std::string_view sample, const Zone& zone);
void prepare_iis(std::string_view sample, Dialect& dialect);
Reading read_iis(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_klog(std::string_view sample, const Zone& zone);
Reading read_klog(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_postgresql(std::string_view sample, const Zone& zone);
Reading read_postgresql(const Dialect& dialect, std::string_view line, Scratch& scratch,
                        Event& event);

double score_mysql(std::string_view sample, const Zone& zone);
Reading read_mysql(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_redis(std::string_view sample, const Zone& zone);
Reading read_redis(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_syslog(std::string_view sample, const Zone& zone);
Reading read_syslog(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

double score_journal(std::string_view sample, const Zone& zone);
void prepare_journal(std::string_view sample, Dialect& dialect);
Reading read_journal(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

// Exports, the records of which are framed (frames.h).
double score_framed(std::string_view sample, const Zone& zone);
void prepare_export(std::string_view sample, Dialect& dialect);
void prepare_export_of_lines(std::string_view sample, Dialect& dialect);
Reading read_export(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);

// The share of a sample's lines that `read` takes for events, of those that are not blank.
double share_of_events(std::string_view sample, const Dialect& dialect,
                       Reading (*read)(const Dialect&, std::string_view, Scratch&, Event&));

// What a time's value says, as a whole cell or field: an epoch or any spelling of
// parse/timestamp.h with nothing but words behind it; no_time: neither.
Time time_in(std::string_view value, const Zone& zone, TimeCache& cache);

}  // namespace culprit
