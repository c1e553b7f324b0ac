/* Certificates are verified, always.  The server is openssl's own, on a port of the kernel's
 * choice. */
#include "tests/support/support.h"

#include "exchange/via.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 20 * 1000, PATH_TEXT = 128 };

struct tls {
    char folder[PATH_TEXT / 2], key[PATH_TEXT], certificate[PATH_TEXT];
    pid_t pid;
    FILE *output;
    uint16_t port;
};

static pid_t spawn(char *const *arguments, int output)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    (void)dup2(output, STDOUT_FILENO);
    (void)execvp(arguments[0], arguments);
    _exit(127);
}

static void make_certificate(struct tls *tls, const char *name)
{
    char alternative[PATH_TEXT];
    (void)snprintf(alternative, sizeof(alternative), "subjectAltName=%s", name);
    char *const arguments[] = { "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:P-256",
                                "-nodes",
                                "-subj",
                                "/CN=syncspec",
                                "-days",
                                "2",
                                "-addext",
                                alternative,
                                "-keyout",
                                tls->key,
                                "-out",
                                tls->certificate,
                                NULL };
    int status;
    assert_true(waitpid(spawn(arguments, STDERR_FILENO), &status, 0) > 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The server says "ACCEPT 127.0.0.1:PORT" once it listens. */
static uint16_t read_port(FILE *output)
{
    char line[256];
    unsigned port = 0;
    while (port == 0 && fgets(line, sizeof(line), output) != NULL) {
        const char *colon = strrchr(line, ':');
        if (strncmp(line, "ACCEPT", 6) == 0 && colon != NULL)
            port = (unsigned)strtoul(colon + 1, NULL, 10);
    }
    assert_in_range(port, 1, UINT16_MAX);
    return (uint16_t)port;
}

static struct tls *tls_start(const char *name)
{
    struct tls *tls = calloc(1, sizeof(*tls));
    int ends[2];
    assert_non_null(tls);
    (void)snprintf(tls->folder, sizeof(tls->folder), "/tmp/syncspec-tls-XXXXXX");
    assert_non_null(mkdtemp(tls->folder));
    (void)snprintf(tls->key, sizeof(tls->key), "%s/key.pem", tls->folder);
    (void)snprintf(tls->certificate, sizeof(tls->certificate), "%s/cert.pem", tls->folder);
    make_certificate(tls, name);
    assert_int_equal(pipe(ends), 0);
    char *const arguments[] = { "openssl", "s_server", "-accept", "127.0.0.1:0",    "-www",
                                "-key",    tls->key,   "-cert",   tls->certificate, NULL };
    tls->pid = spawn(arguments, ends[1]);
    assert_int_equal(close(ends[1]), 0);
    tls->output = fdopen(ends[0], "r");
    assert_non_null(tls->output);
    tls->port = read_port(tls->output);
    return tls;
}

static void tls_stop(struct tls *tls)
{
    assert_int_equal(kill(tls->pid, SIGKILL), 0);
    assert_int_equal(waitpid(tls->pid, NULL, 0), tls->pid);
    assert_int_equal(fclose(tls->output), 0);
    assert_int_equal(unlink(tls->key), 0);
    assert_int_equal(unlink(tls->certificate), 0);
    assert_int_equal(rmdir(tls->folder), 0);
    free(tls);
}

static void call_once(const struct tls *tls, const char *ca_file, struct exchange_call *call)
{
    const char *error = NULL;
    const struct exchange_curl_config config = {
        .url = { .tls = true, .host = SLICE("127.0.0.1"), .port = tls->port },
        .ca_file = ca_file,
        .connect_ms = PATIENCE_MS,
        .connections = 1,
    };
    struct exchange *exchange = exchange_via_curl(&config, &error);
    assert_non_null(exchange);
    exchange_call_init(call);
    call->timeout_ms = PATIENCE_MS;
    call->request.method_text = SLICE("GET");
    call->request.target = SLICE("/");
    exchange_start(exchange, call);
    assert_ptr_equal(exchange_next(exchange, PATIENCE_MS), call);
    exchange_free(exchange);
}

static void a_certificate_of_the_given_file_is_trusted(void **state)
{
    (void)state;
    struct tls *tls = tls_start("IP:127.0.0.1");
    struct exchange_call call;
    call_once(tls, tls->certificate, &call);
    if (call.outcome != EXCHANGE_ANSWERED)
        fail_msg("%s: %s", exchange_outcome_text(call.outcome), call.detail);
    assert_int_equal(call.answer.status, 200);
    exchange_call_free(&call);
    tls_stop(tls);
}

static void a_certificate_that_nobody_vouches_for_is_refused(void **state)
{
    (void)state;
    struct tls *tls = tls_start("IP:127.0.0.1");
    struct exchange_call call;
    call_once(tls, NULL, &call);
    assert_int_equal(call.outcome, EXCHANGE_UNREACHABLE);
    assert_non_null(strstr(call.detail, "certificate"));
    exchange_call_free(&call);
    tls_stop(tls);
}

static void a_certificate_for_another_name_is_refused(void **state)
{
    (void)state;
    struct tls *tls = tls_start("DNS:elsewhere.example");
    struct exchange_call call;
    call_once(tls, tls->certificate, &call);
    assert_int_equal(call.outcome, EXCHANGE_UNREACHABLE);
    exchange_call_free(&call);
    tls_stop(tls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_of_the_given_file_is_trusted),
        cmocka_unit_test(a_certificate_that_nobody_vouches_for_is_refused),
        cmocka_unit_test(a_certificate_for_another_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
