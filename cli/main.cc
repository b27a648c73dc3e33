#include "cli/cli.h"

int main(int argc, char** argv) { return duban::cli::run_program(argc, argv); }
