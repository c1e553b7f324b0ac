/* Nothing: how many executions a second the engine and the sanitizers allow at most. */
#include "fuzz/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)data;
    (void)size;
    return 0;
}
