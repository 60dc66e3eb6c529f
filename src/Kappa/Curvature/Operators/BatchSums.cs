using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.Curvature.Operators;

/// <summary>Adds up what the batches of a risk give: one after the other, or in a fixed number of pieces that processes share, which are added along one
/// binary tree, so that the bits do not depend on how many processes do.</summary>
internal static class BatchSums
{
    /// <summary>The sum over the batches of this process, weighted by the samples of each; <see cref="ParameterSum.ToRows(IProcessGroup)"/> adds those of
    /// others.</summary>
    /// <param name="risk">Whose batches and processes.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    /// <param name="vectors">K, where each batch gives <c>[K, ...]</c> for each parameter; null where it gives one vector.</param>
    /// <param name="ofBatch">What a batch gives, by its number, its first sample and their number.</param>
    internal static ParameterSum OfParameters(EmpiricalRisk risk, int first, int count, int? vectors, Func<int, int, int, IReadOnlyList<Tensor>> ofBatch)
    {
        var batches = risk.Batches(first, count).ToArray();
        return Own(risk, batches.Length, Piece, (sum, next) => sum.Plus(next));

        ParameterSum Piece(int from, int to)
        {
            var sum = new ParameterSum(risk.Leaves, vectors);
            for (int i = from; i < to; i++)
            {
                using var scope = TensorScope.Begin();
                sum.Add(ofBatch(i, batches[i].First, batches[i].Count), batches[i].Count / (double)count);
            }

            return sum;
        }
    }

    /// <summary>The sum of a number for each batch, over all processes.</summary>
    /// <param name="risk">Whose batches and processes.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    /// <param name="ofBatch">The number of a batch, by its first sample and their number.</param>
    internal static double OfNumbers(EmpiricalRisk risk, int first, int count, Func<int, int, double> ofBatch)
    {
        var batches = risk.Batches(first, count).ToArray();
        Span<double> sum = [Own(risk, batches.Length, Piece, (before, next) => before + next)];
        risk.Processes.Sum(sum);
        return sum[0];

        double Piece(int from, int to)
        {
            double piece = 0;
            for (int i = from; i < to; i++)
                piece += ofBatch(batches[i].First, batches[i].Count);
            return piece;
        }
    }

    /// <summary>Adds up the pieces of this process: one branch of the tree.</summary>
    private static T Own<T>(EmpiricalRisk risk, int batches, Func<int, int, T> piece, Func<T, T, T> plus)
    {
        int pieces = risk.Pieces ?? 1, own = pieces / risk.Processes.Size;
        return Branch(own * risk.Processes.Rank, own);

        T Branch(int at, int length) => length == 1
            ? piece(Start(at), Start(at + 1))
            : plus(Branch(at, length / 2), Branch(at + (length / 2), length / 2));

        int Start(int at) => (int)((long)batches * at / pieces);
    }
}
