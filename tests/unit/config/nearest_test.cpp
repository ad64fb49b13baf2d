#include <afk/config/nearest.hpp>

#include <support/catch.hpp>

#include <string>
#include <vector>

namespace afk::config {

TEST_CASE("the nearest word is one that could have been meant") {
  const std::vector<std::string> words{"max_per_tick", "max_in_flight", "hours", "token_file", "token_env", "on"};

  struct Case {
    std::string word;
    std::string nearest; // empty: none
  };

  const auto row = GENERATE(values<Case>({{"max_in_flight", "max_in_flight"},
                                          {"max_in_fligt", "max_in_flight"},
                                          {"max_in_flihgt", "max_in_flight"},
                                          {"Max-In-Flight", "max_in_flight"},
                                          {"maxinflight", "max_in_flight"},
                                          {"maximalflight", ""},
                                          {"hour", "hours"},
                                          {"ours", "hours"},
                                          {"token", "token_file"},
                                          {"token_fiel", "token_file"},
                                          {"no", "on"},
                                          {"xx", ""},
                                          {"colour", ""},
                                          {"", ""}}));
  INFO(row.word);
  CHECK(find_nearest(row.word, words).value_or("") == row.nearest);
}

TEST_CASE("nothing is near to a long word or to no words") {
  const std::vector<std::string> words{std::string(200, 'a')};
  CHECK_FALSE(find_nearest(std::string(199, 'a'), words).has_value());
  CHECK_FALSE(find_nearest("a", {}).has_value());
}

} // namespace afk::config
