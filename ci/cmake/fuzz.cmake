# Fuzz targets.  What they are run by is SYNCSPEC_ENGINE: -fsanitize=fuzzer (the fuzz preset), the library of another
# engine (AFL++'s driver, what OSS-Fuzz gives in LIB_FUZZING_ENGINE), or nothing: then replay.c, which runs the property
# over the named seeds, as the test replay/<target>.
if(SYNCSPEC_FUZZ AND NOT SYNCSPEC_ENGINE)
    set(SYNCSPEC_ENGINE -fsanitize=fuzzer)
endif()
if(SYNCSPEC_ENGINE)
    enable_language(CXX) # engines are written in C++, and want its library
endif()

add_custom_target(fuzz_targets)
add_custom_target(fuzz_proofs)
add_custom_target(fuzz_idles)

# MemorySanitizer is told by fuzz/foreign.c what these write.
set(foreign EVP_DecryptUpdate EVP_Digest EVP_DigestFinal_ex EVP_DigestUpdate EVP_EncryptFinal_ex EVP_EncryptUpdate HMAC)
list(TRANSFORM foreign PREPEND -Wl,--wrap=)

# syncspec_fuzz_program(<program> <property> <format>): a property, its mutator and the engine; or replay.c without one.
function(syncspec_fuzz_program program property format)
    add_executable(${program})
    target_link_libraries(${program} PRIVATE ${property})
    if(NOT SYNCSPEC_ENGINE)
        target_sources(${program} PRIVATE replay.c)
        return()
    endif()
    if(format)
        target_link_libraries(${program} PRIVATE fuzz_mutate_${format})
    endif()
    set_target_properties(${program} PROPERTIES LINKER_LANGUAGE CXX)
    separate_arguments(engine UNIX_COMMAND "${SYNCSPEC_ENGINE}")
    target_link_libraries(${program} PRIVATE ${engine})
endfunction()

# syncspec_fuzz_mutator(<format> [LIBS <library>...])
# Builds fuzz/mutate_<format>.c, for engines that ask for mutations.
function(syncspec_fuzz_mutator format)
    cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
    add_library(fuzz_mutate_${format} OBJECT mutate.c mutate_${format}.c)
    target_link_libraries(fuzz_mutate_${format} PUBLIC syncspec_options ${arg_LIBS} syncspec_base)
endfunction()

# syncspec_fuzz(<target> [SOURCES <file>...] DEPS <folder>... [LIBS <library>...] [MUTATOR <format>] [PLANT <function>...]
#               [FOREIGN])
# Builds fuzz/<target>.c.  MUTATOR: mutate_<format>.c knows what its inputs are made of.  PLANT: planted/<target>.c stands
# between the property and these functions of the product, with a bug that the target has to find (proof_<target>, see
# ci/gates/fuzz-proof).  FOREIGN: it cannot do without libraries that MemorySanitizer does not see into (README.md).
# idle_<target> does nothing with the same inputs (see ci/fuzz).
function(syncspec_fuzz target)
    cmake_parse_arguments(arg "FOREIGN" "MUTATOR" "SOURCES;DEPS;LIBS;PLANT" ${ARGN})
    if(arg_FOREIGN AND SYNCSPEC_MEMORY)
        return()
    endif()
    list(TRANSFORM arg_DEPS PREPEND syncspec_)
    if(SYNCSPEC_MEMORY)
        list(APPEND arg_SOURCES foreign.c)
        list(APPEND arg_LIBS ${foreign})
    endif()
    add_library(property_${target} OBJECT ${target}.c ${arg_SOURCES})
    target_link_libraries(property_${target} PUBLIC syncspec_options fuzz_deep_part ${arg_DEPS} ${arg_LIBS})
    syncspec_fuzz_program(fuzz_${target} property_${target} "${arg_MUTATOR}")
    add_dependencies(fuzz_targets fuzz_${target})
    if(NOT SYNCSPEC_ENGINE)
        add_test(NAME replay/${target}
                 COMMAND fuzz_${target} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${target})
    elseif(arg_PLANT)
        list(TRANSFORM arg_PLANT PREPEND -Wl,--wrap=)
        syncspec_fuzz_program(proof_${target} property_${target} "${arg_MUTATOR}")
        target_sources(proof_${target} PRIVATE planted/${target}.c)
        target_link_options(proof_${target} PRIVATE ${arg_PLANT})
        add_dependencies(fuzz_proofs proof_${target})
        syncspec_fuzz_program(idle_${target} property_empty "${arg_MUTATOR}")
        add_dependencies(fuzz_idles idle_${target})
        set_target_properties(proof_${target} idle_${target} PROPERTIES EXCLUDE_FROM_ALL ON)
    endif()
endfunction()
