// A RowQuestion marks the rows of blocks that satisfy an Expr, from their columns alone.
//
// It says what reading the lines would have said, as long as the columns have every value of its
// fields exactly as it was written. Rows that agree in all of these fields are judged once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "event/expr.h"
#include "store/embedded/block.h"

namespace culprit {

class RowQuestion {
 public:
  using FieldNumber = std::function<FieldId(std::string_view name)>;  // no_field: there is none
  using TextOf = std::function<std::string(FieldId field, Code code)>;

  // `expr` must outlive it.
  RowQuestion(const Expr& expr, const FieldNumber& number_of, TextOf text_of);

  void mark(Block& block, std::uint8_t flag) const;

 private:
  struct Asked {
    std::string name;
    FieldId field;
  };
  class InBlock;

  const Expr& expr_;
  TextOf text_of_;
  std::vector<Asked> asked_;
};

}  // namespace culprit
