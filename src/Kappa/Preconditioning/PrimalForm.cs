using Kappa.Tensors;

namespace Kappa.Preconditioning;

/// <summary>M = G (S + tau I)^-1 for one layer: in the place of the gradient, by the second moment of its inputs.</summary>
/// <param name="layer">The layer.</param>
/// <param name="gradient">Its gradient.</param>
/// <param name="moment">S.</param>
/// <param name="byChannels">Whether S is that of the channels of a convolution, for each element of the kernel.</param>
internal sealed class PrimalForm(LayerPreconditioner layer, LayerGradient gradient, SecondMoment moment, bool byChannels)
{
    /// <summary>Writes M over G.</summary>
    internal void Complete()
    {
        using var scope = TensorScope.Begin();
        layer.Status.Form = PreconditioningForm.Primal;
        using var matrix = gradient.Matrix(out _);
        if (moment.Factorize(out double damping) is not { } factor)
        {
            layer.LeaveAsIs(LayerPreconditioner.NotSolvable);
            return;
        }

        layer.Status.Damping = damping;
        if (moment.FactoredInDouble)
            layer.NoteDoublePrecision(LayerPreconditioner.NotHeld);
        var whole = gradient.Whole(matrix);
        var solved = Solve(factor, whole);
        if (solved != matrix)
            gradient.Write(solved, matrix);
    }

    /// <summary>G (S + tau I)^-1, in place; for the second moment of channels, for each element of the kernel.</summary>
    internal Tensor Solve(Tensor factor, Tensor whole)
    {
        if (byChannels)
            SolveByChannels(factor, whole);
        else
            whole.Backend.CholeskySolveRight(factor, whole, whole);
        return whole;
    }

    private void SolveByChannels(Tensor factor, Tensor whole)
    {
        int outputs = gradient.Outputs, inputs = factor.Shape[0], kernel = gradient.Inputs / inputs;
        var rows = whole.New([outputs * kernel, inputs]);
        rows.Backend.Transpose(whole, outputs, inputs, kernel, rows);
        rows.Backend.CholeskySolveRight(factor, rows, rows);
        whole.Backend.Transpose(rows, outputs, kernel, inputs, whole);
    }
}
