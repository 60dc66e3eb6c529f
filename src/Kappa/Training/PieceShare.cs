using Kappa.Networks;
using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.Training;

/// <summary>What a piece of a batch shows, or some add up to: the gradient of each parameter, and what observers gathered.</summary>
/// <param name="Gradients">Of each parameter; null where it was not used.</param>
/// <param name="Observed">Of each observer.</param>
internal sealed record PieceShare(Tensor?[] Gradients, List<Tensor>[] Observed)
{
    /// <summary>Takes what the piece at hand has left in the parameters and observers.</summary>
    internal static PieceShare Take(IReadOnlyList<Parameter> parameters, IReadOnlyList<IPieceObserver> observers) =>
        new([.. parameters.Select(parameter => parameter.Tensor.TakeGradient())], [.. observers.Select(observer => observer.TakeShare())]);

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
}
