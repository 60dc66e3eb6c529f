using Kappa.Networks;
using Kappa.Pieces;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Training;

/// <summary>What some pieces of a batch add up to: the gradient of each parameter, and what observers gathered.</summary>
/// <param name="Leaves">How many pieces.</param>
/// <param name="Gradients">Of each parameter; null where none of the pieces used it.</param>
/// <param name="Observed">Of each observer.</param>
internal sealed record PieceShare(int Leaves, Tensor?[] Gradients, List<Tensor>[] Observed)
{
    /// <summary>Takes what the piece at hand has left in the parameters and observers.</summary>
    internal static PieceShare Take(IReadOnlyList<Parameter> parameters, IReadOnlyList<IPieceObserver> observers) =>
        new(1, [.. parameters.Select(parameter => parameter.Tensor.TakeGradient())], [.. observers.Select(observer => observer.TakeShare())]);

    /// <summary>All tensors, in one order in every process.</summary>
    internal IEnumerable<Tensor> All => Gradients.OfType<Tensor>().Concat(Observed.SelectMany(tensors => tensors));

    /// <summary>Adds the share of the next pieces, which is gone afterwards: its values to those of the pieces before.</summary>
    internal PieceShare Plus(PieceShare next)
    {
        for (int i = 0; i < Gradients.Length; i++)
        {
            if (Gradients[i] is { } sum && next.Gradients[i] is { } term)
                Add(sum, term);
            else
                Gradients[i] ??= next.Gradients[i];
        }
        foreach (var (sums, terms) in Observed.Zip(next.Observed))
        {
            if (sums.Count != terms.Count)
                throw new InvalidOperationException($"two pieces of a batch used other layers: one shows {sums.Count} sums, the next {terms.Count}");
            foreach (var (sum, term) in sums.Zip(terms))
                Add(sum, term);
        }
        return this with { Leaves = Leaves + next.Leaves };
    }

    /// <summary>Hands over to parameters and observers, as if the batch had been computed as a whole: what belongs to parameters of this process.</summary>
    internal void Put(IReadOnlyList<Parameter> parameters, IReadOnlyList<IPieceObserver> observers, Func<string, bool> isOwn)
    {
        for (int i = 0; i < Gradients.Length; i++)
        {
            bool isKept = isOwn(parameters[i].Name);
            parameters[i].Tensor.PutGradient(isKept ? Gradients[i] : null);
            if (!isKept)
                Gradients[i]?.Dispose();
        }
        for (int i = 0; i < Observed.Length; i++)
            observers[i].PutTotal(Observed[i], isOwn);
    }

    internal void Dispose()
    {
        foreach (var tensor in All)
            tensor.Dispose();
    }

    private static void Add(Tensor sum, Tensor term)
    {
        sum.Backend.Binary(BinaryKernel.Add, sum, term, sum);
        term.Dispose();
    }
}
