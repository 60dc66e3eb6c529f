using Kappa.Tensors;
using Kappa.Tensors.Differentiation;

namespace Kappa.Preconditioning;

/// <summary>Inputs Z and output gradients E of uses of one weight, kept until its gradient is read.</summary>
internal sealed class KeptUses(string weight)
{
    private readonly List<(Tensor Input, Tensor OutputGradient)> _uses = [];
    private readonly List<SavedValue> _inputs = [];

    internal int Count => _uses.Count;

    /// <summary>The first use, <c>[n, in]</c> and <c>[n, out]</c>; the only one after <see cref="Join"/>.</summary>
    internal (Tensor Input, Tensor OutputGradient) First => _uses[0];

    internal IEnumerable<(Tensor Input, Tensor OutputGradient)> All => _uses;

    /// <summary>Keeps a use; the tensors belong to this from here on.</summary>
    internal void Add((Tensor Input, Tensor OutputGradient) use)
    {
        _uses.Add(use);
        _inputs.Add(new SavedValue(use.Input));
    }

    /// <summary>Makes one use out of several.</summary>
    internal void Join()
    {
        if (_uses.Count == 1)
            return;
        using var outside = TensorScope.Suspend();
        var input = Tensor.Concat(0, [.. _uses.Select(use => use.Input)]);
        var outputGradient = Tensor.Concat(0, [.. _uses.Select(use => use.OutputGradient)]);
        Release();
        _uses.Add((input, outputGradient));
    }

    /// <summary>The inputs are read when the gradient is first read, some time after the backward pass.</summary>
    /// <exception cref="InvalidOperationException">One has changed since.</exception>
    internal void RequireUnchanged()
    {
        foreach (var input in _inputs)
        {
            if (input.IsChanged)
            {
                throw new InvalidOperationException(
                    $"the input {input.Tensor.Shape} of {weight} has changed between the backward pass and the first reading of the gradient, "
                    + "which DoPr forms from it in its dual form. Read the gradient or take the step before the change, change a Clone(), or set the form to "
                    + "Primal");
            }
        }
    }

    internal void Release()
    {
        foreach (var (input, outputGradient) in _uses)
        {
            input.Dispose();
            outputGradient.Dispose();
        }

        _uses.Clear();
        _inputs.Clear();
    }
}
