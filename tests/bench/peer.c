/* SPDX-License-Identifier: MIT */
/*
 * The peers that the generator is measured against: a bare libyaml event loop over a file, and
 * writing bytes to a file; and a small process to measure memory from.  Knows nothing of the
 * library.
 *
 *   peer loop FILE         parse FILE, drop every event
 *   peer write FROM TO     read FROM, write it to the new file TO in pieces of 64 KiB
 *   peer peak COMMAND...   run it, and print its peak resident memory in KiB and
 *                          its page faults to standard error
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <yaml.h>

static int loop(const char *path)
{
    FILE *stream = fopen(path, "rb");
    yaml_parser_t parser;
    yaml_event_t event;
    int done = 0;

    if (!stream || !yaml_parser_initialize(&parser))
        return 1;
    yaml_parser_set_input_file(&parser, stream);
    while (!done) {
        if (!yaml_parser_parse(&parser, &event))
            return 1;
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    fclose(stream);
    return 0;
}

static int write_bytes(const char *from, const char *to)
{
    static char buffer[64 * 1024];
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wbx");
    size_t got;

    if (!in || !out)
        return 1;
    setvbuf(out, NULL, _IONBF, 0);
    while ((got = fread(buffer, 1, sizeof(buffer), in))) {
        if (fwrite(buffer, 1, got, out) != got)
            return 1;
    }
    return fclose(out) || fclose(in);
}

static int peak(char **command)
{
    pid_t child = fork();
    struct rusage usage;
    int status;

    if (!child) {
        execvp(command[0], command);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) < 0)
        return 1;
    fprintf(stderr, "%ld %ld\n", usage.ru_maxrss, usage.ru_minflt);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "loop"))
        return loop(argv[2]);
    if (argc == 4 && !strcmp(argv[1], "write"))
        return write_bytes(argv[2], argv[3]);
    if (argc > 2 && !strcmp(argv[1], "peak"))
        return peak(argv + 2);
    fprintf(stderr, "usage: peer loop FILE | peer write FROM TO | peer peak COMMAND...\n");
    return 2;
}
