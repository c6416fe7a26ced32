#include "tests/unit/contract.h"

#include <gtest/gtest.h>

namespace tokenwalk {
namespace {

TEST(Contract, HoldsWithoutComplaints) {
  Complaints complaints("page 00");
  complaints.expect(true, "1 + 1", "2", "2");
  EXPECT_TRUE(holds(complaints));
}

TEST(Contract, SaysInputExpectedGotAndWhereToRead) {
  Complaints complaints("page 00, The sum");
  complaints.expect(false, "1 + 1", "2", "3");
  const testing::AssertionResult result = holds(complaints);
  EXPECT_FALSE(result);
  EXPECT_STREQ(result.message(),
               "1 complaints\n  input:    1 + 1\n  expected: 2\n  got:      3\n"
               "  read:     page 00, The sum\n");
}

TEST(Contract, ShowsTheFirstFewAndCountsAll) {
  Complaints complaints("page 00");
  for (int i = 0; i < 1000; ++i) complaints.expect(false, "i", "j", "k");
  EXPECT_LT(complaints.text().size(), 1000u);
  EXPECT_NE(complaints.text().find("1000 complaints"), std::string::npos);
}

}  // namespace
}  // namespace tokenwalk
