using Kappa.Tensors;
using TorchSharp;

namespace Kappa.TorchSharp.Sharing;

/// <summary>A parameter of TorchSharp, or some of its rows, and the tensor of Kappa's over the same memory.</summary>
internal sealed class SharedParameter
{
    private readonly torch.Tensor _theirs;
    private readonly int _firstRow;
    private readonly int _rows;
    private readonly KeptShare _kept;
    private Tensor? _gradient;
    private double _scale = 1;

    /// <summary>Lets a tensor that exists look at the parameter's memory.</summary>
    internal SharedParameter(string name, torch.Tensor theirs, Tensor ours)
    {
        (Name, _theirs, Ours, _kept) = (name, theirs, ours, new KeptShare(name));
        using var memory = SharedMemory.Of(theirs);
        ours.ShareMemoryOf(memory);
    }

    /// <summary>Makes a tensor over the parameter's memory.</summary>
    /// <param name="name">The parameter's path.</param>
    /// <param name="theirs">The parameter.</param>
    /// <param name="firstRow">The first row to look at.</param>
    /// <param name="rows">How many rows; 0 for all.</param>
    internal SharedParameter(string name, torch.Tensor theirs, int firstRow = 0, int rows = 0)
    {
        (Name, _theirs, _firstRow, _rows, _kept) = (name, theirs, firstRow, rows, new KeptShare(name));
        using var outside = TensorScope.Suspend();
        using var view = Rows(theirs);
        Ours = SharedMemory.Of(view);
        Ours.RequiresGradient = true;
        Ours.Name = name;
    }

    internal string Name { get; }

    /// <summary>Which parameter of TorchSharp: tied ones have the same.</summary>
    internal nint Identity => TensorIdentity.Of(_theirs);

    internal torch.Tensor Theirs => _theirs;

    internal Tensor Ours { get; }

    /// <summary>Whether libtorch's gradient was taken and has an element that is not zero.</summary>
    internal bool HasNonzeroGradient => _gradient is { } gradient && gradient.Backend.LargestMagnitude(gradient) != 0;

    /// <summary>Shows a use to whoever observes the tensor.</summary>
    internal void Show(WeightUse use)
    {
        if (Ours.Observer is not { } observer)
            return;
        if (observer.Observe(use))
            _kept.Add(use);
        else
            _kept.Clear();
    }

    /// <summary>Takes the gradient that libtorch has computed as that of the tensor.</summary>
    internal void TakeGradient()
    {
        Ours.RequiresGradient = _theirs.requires_grad;
        using var scope = torch.NewDisposeScope();
        var gradient = Contiguous();
        if (gradient is null)
        {
            Ours.AdoptGradient(null, false);
            return;
        }

        using (TensorScope.Suspend())
            _gradient = SharedMemory.Of(Rows(gradient));
        bool holdsShare = true;
        if (_kept.Any)
            (holdsShare, _scale) = _kept.Compare(_gradient.Alias([Ours.Shape[0], Ours.Count / Ours.Shape[0]]));
        Ours.AdoptGradient(_gradient, holdsShare);
    }

    /// <summary>Lets the observer complete the gradient, in libtorch's memory.</summary>
    /// <returns>Whether there is a gradient.</returns>
    internal bool Complete()
    {
        var gradient = Ours.Gradient;
        // Clipped after the backward pass.
        if (gradient is not null && _scale != 1)
            gradient.Backend.Affine(gradient, _scale, 0, gradient);
        _scale = 1;
        return gradient is not null;
    }

    /// <summary>Forgets gradient and uses.</summary>
    internal void Forget()
    {
        Ours.ZeroGrad();
        Ours.AdoptGradient(null, false);
        _gradient?.Dispose();
        _gradient = null;
        _kept.Clear();
        _scale = 1;
    }

    private torch.Tensor? Contiguous()
    {
        var gradient = _theirs.grad;
        if (gradient is null || gradient.is_contiguous())
            return gradient;
        using var quiet = torch.no_grad();
        var whole = gradient.contiguous().DetachFromDisposeScope();
        _theirs.grad = whole;
        return whole;
    }

    private torch.Tensor Rows(torch.Tensor whole)
    {
        using var quiet = torch.no_grad();
        return _rows == 0 ? whole.detach() : whole.detach().narrow(0, _firstRow, _rows);
    }
}
