namespace Kappa.Data.Text;

/// <summary>Whether two tokens that stand side by side join, and to which.</summary>
/// <param name="left">The first.</param>
/// <param name="right">The second.</param>
/// <param name="token">What they join to.</param>
internal delegate bool PairJoin(int left, int right, out int token);
