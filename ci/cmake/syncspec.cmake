# The three things that the build is made of: a module (one folder of the house), a test, a fuzz target.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(UV REQUIRED IMPORTED_TARGET libuv)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
pkg_check_modules(XML REQUIRED IMPORTED_TARGET libxml-2.0)
# SYNCSPEC_STATIC: targets that run where nothing is installed (ci/oss-fuzz) take the archives of what they need.  For
# MemorySanitizer they do not: fuzz/foreign.c stands between us and libcrypto, not inside it.
set(suffixes ${CMAKE_FIND_LIBRARY_SUFFIXES})
if(SYNCSPEC_STATIC AND NOT SYNCSPEC_MEMORY)
    set(CMAKE_FIND_LIBRARY_SUFFIXES .a ${suffixes})
endif()
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
set(CMAKE_FIND_LIBRARY_SUFFIXES ${suffixes})

add_library(syncspec_options INTERFACE)
target_compile_definitions(syncspec_options INTERFACE _GNU_SOURCE SYNCSPEC_VERSION="${PROJECT_VERSION}")
target_compile_options(syncspec_options INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
    -fno-common -fstack-protector-strong)
target_include_directories(syncspec_options INTERFACE ${PROJECT_SOURCE_DIR}/harness ${PROJECT_SOURCE_DIR})
if(SYNCSPEC_STATIC)
    target_compile_options(syncspec_options INTERFACE -Wno-error) # by compilers that are not ours to choose
    target_link_options(syncspec_options INTERFACE -Wl,--as-needed -Wl,--disable-new-dtags)
    set(CMAKE_BUILD_RPATH "\$ORIGIN/lib") # for libraries without an archive, and what they want themselves
endif()
if(SYNCSPEC_SANITIZE)
    set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_compile_options(syncspec_options INTERFACE ${sanitizers})
    target_link_options(syncspec_options INTERFACE ${sanitizers})
endif()
if(SYNCSPEC_MEMORY)
    set(sanitizers -fsanitize=memory -fsanitize-memory-track-origins -fno-omit-frame-pointer)
    target_compile_options(syncspec_options INTERFACE ${sanitizers})
    target_link_options(syncspec_options INTERFACE ${sanitizers})
endif()
if(SYNCSPEC_INTEGERS)
    set(checks unsigned-integer-overflow,implicit-conversion)
    set(sanitizers -fsanitize=${checks} -fno-sanitize-recover=${checks} -fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/fuzz/wraps)
    target_compile_options(syncspec_options INTERFACE ${sanitizers})
    target_link_options(syncspec_options INTERFACE ${sanitizers})
endif()
if(SYNCSPEC_FUZZ)
    # Without the tracing of comparisons, which took most of the time: the formats are text, whose single bytes edges
    # show, whose words stand in dictionaries and are seen when they are compared (memcmp), and whose numbers are decimal.
    target_compile_options(syncspec_options INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp)
    target_link_options(syncspec_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# syncspec_module(<folder> SOURCES <file>... DEPS <folder>... LIBS <library>...)
# Builds the static library syncspec_<folder>.  A folder without sources yet is an empty library.
function(syncspec_module folder)
    cmake_parse_arguments(arg "" "" "SOURCES;DEPS;LIBS" ${ARGN})
    list(TRANSFORM arg_DEPS PREPEND syncspec_)
    if(arg_SOURCES)
        add_library(syncspec_${folder} STATIC ${arg_SOURCES})
        target_link_libraries(syncspec_${folder} PUBLIC syncspec_options ${arg_DEPS} ${arg_LIBS})
    else()
        add_library(syncspec_${folder} INTERFACE)
        target_link_libraries(syncspec_${folder} INTERFACE syncspec_options ${arg_DEPS} ${arg_LIBS})
    endif()
endfunction()

# syncspec_test(<name> [TIMEOUT <seconds>] [SOURCES <file>...] DEPS <folder>... [LIBS <library>...])
# Builds harness/tests/test_<name>.c (and SOURCES, relative to harness/tests) with cmocka, runs it as test <name>.
function(syncspec_test name)
    cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS;LIBS" ${ARGN})
    list(TRANSFORM arg_DEPS PREPEND syncspec_)
    list(TRANSFORM arg_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/harness/tests/)
    add_executable(test_${name} ${PROJECT_SOURCE_DIR}/harness/tests/test_${name}.c ${arg_SOURCES})
    target_link_libraries(test_${name} PRIVATE syncspec_test_support ${arg_DEPS} ${arg_LIBS} PkgConfig::CMOCKA)
    target_compile_definitions(test_${name} PRIVATE SYNCSPEC_ROOT="${PROJECT_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND test_${name})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT})
endfunction()

include(${CMAKE_CURRENT_LIST_DIR}/fuzz.cmake)
