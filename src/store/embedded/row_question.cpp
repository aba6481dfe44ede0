#include "store/embedded/row_question.h"

#include "event/outcome.h"

namespace culprit {
namespace {

constexpr std::size_t cases_max = 1 << 16;  // that are told apart; beyond, each row is judged

}  // namespace

// The columns of one block that the question is about.
class RowQuestion::InBlock {
 public:
  InBlock(const RowQuestion& question, const Block& block) : question_(question), block_(block) {
    for (const Asked& asked : question.asked_) {
      const Column* column = asked.field == no_field ? nullptr : block.column(asked.field);
      columns_.push_back(column);
      firsts_.emplace_back(column == nullptr ? 0 : block.rows(), 0U);
      if (column == nullptr) continue;
      for (std::size_t i = column->size(); i-- > 0;) {  // so that the first of a row stays
        std::uint32_t& first = firsts_.back()[column->row(i)];
        several_ |= first != 0;
        first = static_cast<std::uint32_t>(i + 1);
      }
      cases_ *= column->table.size() + 1;
      if (column->table.empty() || cases_ > cases_max) cases_ = cases_max + 1;
    }
  }

  bool holds(std::size_t row) {
    if (several_ || cases_ > cases_max) return judge(row);
    if (known_.empty()) known_.assign(cases_ * levels, -1);
    std::size_t which = block_.flags[row] & level_mask;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (columns_[c] == nullptr) continue;
      const std::uint32_t first = firsts_[c][row];
      const std::size_t place = first == 0 ? 0 : columns_[c]->codes[first - 1] + std::size_t{1};
      which = which * (columns_[c]->table.size() + 1) + place;
    }
    if (known_[which] < 0) known_[which] = judge(row) ? 1 : 0;
    return known_[which] == 1;
  }

 private:
  static constexpr std::size_t levels = level_mask + 1;

  bool judge(std::size_t row) const {
    return culprit::holds(question_.expr_, [&](std::string_view name, const auto& each) {
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        if (question_.asked_[c].name == name && values(c, row, each)) return;
      }
      const Level level = block_.level(row);
      if (name == "level" && level != Level::none) each(name_of(level));
    });
  }

  // Whether the row has a value of the column; each is called as culprit::holds() says.
  template <typename Each>
  bool values(std::size_t c, std::size_t row, const Each& each) const {
    const Column* column = columns_[c];
    if (column == nullptr || firsts_[c][row] == 0) return false;
    for (std::size_t i = firsts_[c][row] - 1; i < column->size() && column->row(i) == row; ++i) {
      if (!each(question_.text_of_(column->field, column->code(i)))) break;
    }
    return true;
  }

  const RowQuestion& question_;
  const Block& block_;
  std::vector<const Column*> columns_;
  std::vector<std::vector<std::uint32_t>> firsts_;  // pair of each row + 1; 0: it has none
  bool several_ = false;
  std::size_t cases_ = 1;
  std::vector<std::int8_t> known_;  // -1: not judged yet
};

RowQuestion::RowQuestion(const Expr& expr, const FieldNumber& number_of, TextOf text_of)
    : expr_(expr), text_of_(std::move(text_of)) {
  for (const std::string& name : fields_of(expr)) asked_.push_back({name, number_of(name)});
}

void RowQuestion::mark(Block& block, std::uint8_t flag) const {
  InBlock in_block(*this, block);
  for (std::size_t row = 0; row < block.rows(); ++row) {
    if (in_block.holds(row)) block.flags[row] |= flag;
  }
}

}  // namespace culprit
