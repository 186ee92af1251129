// SPDX-License-Identifier: MIT
// The API from C++17: walk SPECIFICATION.  Parses, walks, generates to memory, registers a backend.
#include <cerrno>
#include <cinttypes>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fastabi/fastabi.h>

namespace {

struct Free {
    void operator()(fastabi_context *context) const { fastabi_context_free(context); }
    void operator()(fastabi_spec *spec) const { fastabi_spec_free(spec); }
};

using Context = std::unique_ptr<fastabi_context, Free>;
using Spec = std::unique_ptr<fastabi_spec, Free>;
using Files = std::map<std::string, std::string>;

void demand(bool is_met, const char *what)
{
    if (!is_met)
        throw std::runtime_error(what);
}

void keep_message(const fastabi_diag *diag, void *data)
{
    static_cast<std::vector<std::string> *>(data)->emplace_back(diag->message);
}

int keep_file(const char *path, const char *bytes, std::size_t length, void *data)
{
    static_cast<Files *>(data)->emplace(path, std::string(bytes, length));
    return 0;
}

int begin(fastabi_emission *emission)
{
    fastabi_writer *writer = nullptr;
    const int error = fastabi_emission_open(emission, "count.txt", FASTABI_FILE_SPEC, &writer);

    for (std::size_t i = 0; i < fastabi_emission_spec_count(emission); i++) {
        const fastabi_spec *spec = fastabi_emission_spec(emission, i);

        fastabi_write(writer, "%s %zu %" PRIx64 "\n", fastabi_spec_name(spec),
                      fastabi_spec_op_count(spec), fastabi_spec_fingerprint(spec));
    }
    return error;
}

fastabi_backend make_backend()
{
    fastabi_backend backend = {};

    backend.abi_version = FASTABI_BACKEND_ABI_VERSION;
    backend.size = sizeof(backend);
    backend.name = "count";
    backend.description = "operations of each specification";
    backend.begin = begin;
    return backend;
}

Spec load(fastabi_context *context, const char *path)
{
    fastabi_spec *spec = nullptr;

    demand(!fastabi_spec_load(context, path, &spec), path);
    return Spec(spec);
}

void walk(const char *path)
{
    std::vector<std::string> messages;
    Files files;
    fastabi_context_options options = {};
    fastabi_limits limits = {};
    fastabi_context *made = nullptr;

    limits.size = sizeof(limits);
    limits.depth = 16;
    options.size = sizeof(options);
    options.flags = FASTABI_CONTEXT_NO_ENV;
    options.on_diag = keep_message;
    options.data = &messages;
    options.limits = &limits;
    demand(!fastabi_context_new(&options, &made), "a context");

    const Context context(made);
    const Spec spec = load(made, path);
    fastabi_spec *const owned[] = { spec.get() };
    const fastabi_spec *const viewed[] = { spec.get() };
    const fastabi_backend backend = make_backend();
    fastabi_generate_options generate = {};

    demand(fastabi_version_number() == FASTABI_VERSION_NUMBER, "headers of this version");
    demand(!fastabi_backend_register(made, &backend), "a backend");
    generate.size = sizeof(generate);
    generate.backend = "count";
    generate.output = "folder";
    generate.on_file = keep_file;
    generate.data = &files;
    demand(!fastabi_generate(made, owned, 1, &generate), "an array of owned ones");
    demand(files.size() == 1 && files.count("folder/count.txt"), "one file");
    const Files before = std::move(files);
    files.clear();
    demand(!fastabi_generate(made, viewed, 1, &generate), "an array of const ones");
    demand(files == before, "the same file");
    generate.flags = 1U << 31;
    demand(fastabi_generate(made, viewed, 1, &generate) == -EINVAL, "unknown flags");
    demand(messages.size() == 1, "a message");
    demand(fastabi_op_xen_arg(nullptr, 0, nullptr, nullptr) == FASTABI_XEN_NONE, "no argument");
    std::cout << before.at("folder/count.txt");
}

} // namespace

int main(int argc, char **argv)
{
    try {
        walk(argc > 1 ? argv[1] : "");
    } catch (const std::exception &error) {
        std::cerr << "failed: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
