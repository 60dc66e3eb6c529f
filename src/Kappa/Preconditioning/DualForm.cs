using Kappa.Tensors;

namespace Kappa.Preconditioning;

/// <summary>M = E^T (Z Z^T / n + tau I)^-1 Z for one layer: the cheaper form where it saw fewer rows than it has inputs.</summary>
internal sealed class DualForm
{
    private const int SmallRows = 256;

    private readonly LayerPreconditioner _layer;
    private readonly LayerGradient _gradient;
    private readonly KeptUses _uses;
    private readonly LayerGroup _group;
    private Tensor? _kernel;
    private bool _isFormed;
    private bool _hasFactor;

    internal DualForm(LayerPreconditioner layer, LayerGradient gradient, KeptUses uses, LayerGroup group)
    {
        (_layer, _gradient, _uses, _group) = (layer, gradient, uses, group);
        group.Add(this);
    }

    /// <summary>Where the layer is.</summary>
    internal Device Device => _layer.Parameter.Tensor.Device;

    /// <summary>Whether one processor alone is the better place for the factor.</summary>
    internal bool IsSmall => _layer.Rows <= SmallRows;

    /// <summary>Whether there is a factor to compute, for a single use.</summary>
    internal bool Waits => _uses.Count == 1 && _kernel is null && !_layer.IsTied && !_layer.IsWide;

    /// <summary>Whether another layer's system is this one's: it saw the same input.</summary>
    internal bool IsSameAs(DualForm other) =>
        other != this && _layer.Rows == other._layer.Rows && (_gradient.Bias is null) == (other._gradient.Bias is null)
        && InputSums.IsSame(_uses.First.Input, other._uses.First.Input);

    /// <summary>Takes the factor of another layer's system.</summary>
    internal void Share(DualForm other)
    {
        using var outside = TensorScope.Suspend();
        _kernel = other._kernel!.Alias(other._kernel.Shape);
        _hasFactor = other._hasFactor;
        _layer.Status.Damping = other._layer.Status.Damping;
    }

    /// <summary>Z Z^T / n + tau I, which its factor replaces in place; null where it cannot be solved in its precision.</summary>
    internal Tensor? Matrix => _isFormed ? _kernel : null;

    /// <summary>Makes room for the matrix.</summary>
    internal void Prepare()
    {
        using var outside = TensorScope.Suspend();
        _hasFactor = false;
        _kernel = _layer.Parameter.Tensor.New([(int)_layer.Rows, (int)_layer.Rows]);
    }

    /// <summary>Fills the matrix with Z Z^T / n + tau I. Makes no tensors, so that this can be done for several layers side by side.</summary>
    internal void Form() => _isFormed = Form(_uses.First.Input, _kernel!);

    /// <summary>Takes note that the matrix was replaced by its factor, unless there was a bad pivot.</summary>
    internal void NoteFactor(int badPivot) => _hasFactor = badPivot < 0 && ActivationPreconditioning.HoldsDigits(_kernel!);

    /// <summary>Writes M over the gradient, which holds nothing else.</summary>
    /// <param name="destination">The memory of the weight's gradient as a matrix.</param>
    internal void Complete(Tensor destination)
    {
        _uses.Join();
        if (_kernel is null)
            _group.FactorDual(this);
        using var scope = TensorScope.Begin();
        var (input, outputGradient) = _uses.First;
        _layer.Status.Form = PreconditioningForm.Dual;
        if (_hasFactor)
        {
            var solved = outputGradient.New(outputGradient.Shape);
            solved.Backend.CholeskySolveLeft(_kernel!, outputGradient, solved);
            destination.Backend.MatMul(true, false, solved, input, destination, accumulate: false);
            if (_gradient.Bias is not null)
                _gradient.OfBias().Backend.Sum(solved, 1, solved.Shape[0], solved.Shape[1], 1, _gradient.OfBias(), accumulate: false);
            return;
        }

        if (input.DataType == DataType.Float32
            && ActivationPreconditioning.InDoublePrecision(_gradient.Homogeneous(input), outputGradient, null, _layer.Settings,
                out double damping) is { } exact)
        {
            _layer.Status.Damping = damping;
            _layer.NoteDoublePrecision(LayerPreconditioner.NotHeld);
            _gradient.Write(exact, destination);
            return;
        }

        _layer.LeaveAsIs(LayerPreconditioner.NotSolvable);
        destination.Backend.MatMul(true, false, outputGradient, input, destination, accumulate: false);
    }

    internal void Release()
    {
        _kernel?.Dispose();
        _kernel = null;
    }

    /// <summary>With the bias, Z has a further column of ones.</summary>
    private bool Form(Tensor input, Tensor kernel)
    {
        int n = input.Shape[0];
        kernel.Backend.SymmetricRankUpdate(transposed: false, input, kernel, 1.0 / n, accumulate: false);
        if (_gradient.Bias is not null)
            kernel.Backend.Affine(kernel, 1, 1.0 / n, kernel);
        double trace = ActivationPreconditioning.Trace(kernel);
        // Squares that overflowed or vanished; an input of zeros is none of these.
        bool isHeld = kernel.DataType != DataType.Float32 || ActivationPreconditioning.IsHeld(trace)
            || (trace == 0 && input.Backend.LargestMagnitude(input) == 0);
        if (!double.IsFinite(trace) || !isHeld)
            return false;
        _layer.Status.Damping = ActivationPreconditioning.Damping(trace, _layer.MomentSize, _layer.Settings);
        kernel.Backend.AddToDiagonal(kernel, _layer.Status.Damping);
        return true;
    }
}
