using Kappa.Networks;
using Kappa.Pieces;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Training;

/// <summary>What the pieces of a batch add up to in one process: the gradient of each parameter, and what observers gathered.</summary>
/// <remarks>A gradient is added when it is complete, while it is still near: the backward pass goes on with the layers before.</remarks>
internal sealed class PieceSums
{
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly IReadOnlyList<IPieceObserver> _observers;
    private readonly PieceTree<Tensor?>[] _gradients;
    private readonly PieceTree<List<Tensor>[]> _observed = new(Plus);
    private readonly bool[] _isAdded;

    internal PieceSums(IReadOnlyList<Parameter> parameters, IReadOnlyList<IPieceObserver> observers)
    {
        (_parameters, _observers) = (parameters, observers);
        _gradients = [.. parameters.Select(_ => new PieceTree<Tensor?>(Plus))];
        _isAdded = new bool[parameters.Count];
    }

    /// <summary>Adds the gradient that the piece at hand has left in a parameter, complete.</summary>
    internal void Add(int parameter)
    {
        _gradients[parameter].Add(_parameters[parameter].Tensor.TakeGradient());
        _isAdded[parameter] = true;
    }

    /// <summary>The sum of the gradients of a parameter, once the last piece has left its own.</summary>
    internal Tensor? GradientOf(int parameter) => _gradients[parameter].Sum;

    /// <summary>Adds what else the piece at hand has left, and ends it.</summary>
    /// <param name="tell">Is told each parameter whose gradient was not complete before; null for nobody.</param>
    internal void End(Action<int>? tell)
    {
        int[] others = [.. Enumerable.Range(0, _isAdded.Length).Where(parameter => !_isAdded[parameter])];
        Add(PieceShare.Take(_parameters, _observers));
        foreach (int parameter in others)
            tell?.Invoke(parameter);
    }

    /// <summary>Adds what a piece has left, but for gradients that were added before, and ends it.</summary>
    internal void Add(PieceShare share)
    {
        for (int i = 0; i < _gradients.Length; i++)
        {
            if (!_isAdded[i])
                _gradients[i].Add(share.Gradients[i]);
            else if (share.Gradients[i] is not null)
                throw new InvalidOperationException($"{_parameters[i].Name}: a backward pass added to its gradient after the last operation that uses it");
        }
        Array.Clear(_isAdded);
        _observed.Add(share.Observed);
    }

    /// <summary>The sums over the pieces.</summary>
    internal PieceShare Take() => new([.. _gradients.Select(tree => tree.Take())], _observed.Take());

    private static Tensor? Plus(Tensor? sum, Tensor? term)
    {
        if (sum is null || term is null)
            return sum ?? term;
        sum.Backend.Binary(BinaryKernel.Add, sum, term, sum);
        term.Dispose();
        return sum;
    }

    private static List<Tensor>[] Plus(List<Tensor>[] all, List<Tensor>[] next)
    {
        foreach (var (sums, terms) in all.Zip(next))
        {
            if (sums.Count != terms.Count)
                throw new InvalidOperationException($"two pieces of a batch used other layers: one shows {sums.Count} sums, the next {terms.Count}");
            foreach (var (sum, term) in sums.Zip(terms))
                _ = Plus(sum, term);
        }
        return all;
    }
}
