/* syncspec run --blame: who differs, the server or the suite. */
#include "tests/support/command.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char requirements[] =
    "{\"title\":\"t\",\"document\":\"d\",\"requirements\":[{\"id\":\"1.5/a/b\",\"level\":\"must\","
    "\"statement\":\"s\",\"source\":\"s\"}]}";

/* Of the first one the fault below is, the second one is wrong, the third one takes limits of a
 * certain size, the fourth one passes. */
static const char cases[] =
    "{\"title\":\"t\",\"document\":\"d\",\"api\":\"1.5\",\"cases\":["
    "{\"id\":\"a/guarded\",\"title\":\"t\",\"requires\":[\"1.5/a/b\"],\"no_twin\":\"n\",\"steps\":["
    "{\"send\":\"PUT /storage/{coll}/a\",\"json\":{\"payload\":\"x\"},\"expect\":{\"status\":"
    "{\"$lt\":300}},\"keep\":{\"t\":\"header X-Last-Modified\"}},"
    "{\"send\":\"PUT /storage/{coll}/a\",\"json\":{\"payload\":\"y\"},\"headers\":"
    "{\"X-If-Unmodified-Since\":\"{t - 1}\"},\"expect\":{\"status\":412}}]},"
    "{\"id\":\"a/wrong\",\"title\":\"t\",\"requires\":[\"1.5/a/b\"],\"steps\":["
    "{\"send\":\"GET /info/collections\",\"expect\":{\"status\":299}}]},"
    "{\"id\":\"a/ten\",\"title\":\"t\",\"requires\":[\"1.5/a/b\"],\"steps\":["
    "{\"send\":\"POST "
    "/storage/"
    "{coll}\",\"json\":{\"$bsos\":{\"count\":10,\"payload_bytes\":10}},\"expect\":{\"json\":"
    "{\"success\":{\"$length\":10}}}}]},"
    "{\"id\":\"a/right\",\"title\":\"t\",\"requires\":[\"1.5/a/b\"],\"steps\":["
    "{\"send\":\"GET /info/collections\",\"expect\":{\"status\":200}}]}]}";

#define RUN "SYNCSPEC_CASES=$PWD syncspec run --blame "
#define SIDE_OF(id)                                                                                \
    " --report json -q | sed -n '/\"id\": \"" id "\"/,/\"replay\"/s/.*\"side\": //p'"

static void a_broken_server_differs(void **state)
{
    (void)state;
    command_expect(RUN "--fault unmodified-ignored-on-put" SIDE_OF("a.guarded"), 0,
                   "\"server\",\n");
    command_expect_part(RUN "--fault unmodified-ignored-on-put --select a/guarded -q", 1,
                        "the built-in core does what the case wants: the server differs");
    /* What the core had at the step that failed. */
    command_expect_part(RUN "--fault unmodified-ignored-on-put --select a/guarded -q", 1,
                        "HTTP/1.1 412 ");
}

static void a_wrong_case_fails_on_both(void **state)
{
    (void)state;
    command_expect(RUN SIDE_OF("a.wrong"), 0, "\"both\",\n");
    command_expect_part(RUN "--select a/wrong -q", 1,
                        "the built-in core does not do what the case wants, either (step 1, "
                        "status: expected 299, seen 200): the case or the suite is suspect");
}

/* A server of small limits is compared with a core of the same. */
static void the_core_has_the_limits_and_the_quota_that_the_target_tells(void **state)
{
    (void)state;
    command_expect(RUN "--limit max_record_payload_bytes=7" SIDE_OF("a.ten"), 0, "\"both\",\n");
    command_expect(RUN "--limit max_record_payload_bytes=10" SIDE_OF("a.ten"), 0, "");
    command_expect(RUN "--quota 10" SIDE_OF("a.ten"), 0, "\"both\",\n");
}

static void what_passed_is_nobodys_fault(void **state)
{
    (void)state;
    command_expect(RUN SIDE_OF("a.right"), 0, "");
    command_expect_part(RUN "--select a/right", 0, "conformant: no case failed");
}

int main(void)
{
    char folder[] = "/tmp/syncspec-blame-XXXXXX";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_server_differs),
        cmocka_unit_test(a_wrong_case_fails_on_both),
        cmocka_unit_test(the_core_has_the_limits_and_the_quota_that_the_target_tells),
        cmocka_unit_test(what_passed_is_nobodys_fault),
    };
    if (mkdtemp(folder) == NULL || !command_prepare(SYNCSPEC_BINARY, folder) ||
        mkdir("requirements", 0700) != 0)
        return 1;
    command_file("requirements/a.json", requirements);
    command_file("a.json", cases);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink("requirements/a.json");
    (void)unlink("a.json");
    (void)rmdir("requirements");
    (void)rmdir(folder);
    return failed;
}
