// A program that uses the installed library; install_test.sh builds and runs it.
#include <drachtio/export.hpp>

#include <iostream>

int main() { std::cout << "OK\n"; }
