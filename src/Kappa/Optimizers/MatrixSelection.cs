using Kappa.Networks;

namespace Kappa.Optimizers;

/// <summary>Which of an optimizer's parameters are matrices to orthogonalise.</summary>
internal static class MatrixSelection
{
    /// <summary>Their indices; an error where a choice other than None leaves nothing.</summary>
    internal static int[] Select(string optimizer, IReadOnlyList<Parameter> parameters, MuonMatrices matrices, Func<Parameter, bool>? where)
    {
        if (matrices == MuonMatrices.None)
            return [];
        int[] all = [.. Enumerable.Range(0, parameters.Count).Where(index => parameters[index].Tensor.Rank >= 2)];
        int[] eligible = matrices == MuonMatrices.All ? all : [.. all.Skip(1).SkipLast(1)];
        int[] chosen = [.. eligible.Where(index => where?.Invoke(parameters[index]) ?? true)];
        if (chosen.Length > 0)
            return chosen;
        string reason = eligible.Length == 0 ? $"of the {all.Length} matrices of this model none is left"
            : $"the predicate {optimizer}Options.Where accepts none of {string.Join(", ", eligible.Select(index => parameters[index].Name))}";
        string remedy = eligible.Length == 0 && all.Length > 0
            ? "Hidden leaves out the first and the last one: use MuonMatrices.All to include them, or AdamW"
            : "accept another one, or use AdamW";
        throw new ArgumentException(
            $"{optimizer} with MuonMatrices.{matrices}: {reason} to orthogonalise. {char.ToUpperInvariant(remedy[0])}{remedy[1..]}", "options");
    }
}
