using Kappa.Networks;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Units;

namespace Kappa.Rescaling;

/// <summary>Compares a model's outputs on random inputs, in evaluation mode, before and after its parameters changed, and puts them back where it is another
/// function.</summary>
/// <remarks>The units are read off the recorded operations. A module that takes values out of tensors, or that branches on them, hides something from the
/// record; this finds it.</remarks>
internal sealed class FunctionCheck : IDisposable
{
    private readonly Module _model;
    private readonly Tensor? _input;
    private readonly Tensor? _before;
    private readonly IReadOnlyList<(Tensor Own, Tensor Copy)> _copies;

    internal FunctionCheck(Module model, RecordedGraph network, IReadOnlyList<Tensor> changing)
    {
        _model = model;
        _copies = [.. changing.Select(tensor => (tensor, tensor.Clone()))];
        if (!network.Input.DataType.IsFloating())
            return;
        using var _ = NoGradient.Begin();
        _input = Tensor.Normal(network.Input.Shape.With(0, 2), new Philox(0).Split("rescaling"), type: network.Input.DataType);
        _before = RecordedGraph.Evaluate(model, _input);
    }

    /// <exception cref="NotRescalableException">The outputs differ; the parameters are as they were before.</exception>
    internal void Require()
    {
        if (_before is null)
            return;
        using var _ = NoGradient.Begin();
        using var after = RecordedGraph.Evaluate(_model, _input!);
        double size = FiniteParameters.Largest(_before), tolerance = _before.DataType == DataType.Float32 ? 1e-3 : 1e-8;
        using var difference = after - _before;
        double error = FiniteParameters.Largest(difference);
        // Outputs that overflow, or that are all zero, tell nothing.
        if (!double.IsFinite(size) || error <= tolerance * size)
            return;
        foreach (var (own, copy) in _copies)
            own.CopyFromInPlace(copy);
        throw new NotRescalableException(
            $"rescaling changed the model's outputs by {error / size:G3} of their size, so it was undone: some module uses its parameters, or branches on "
            + "values, in a way that its recorded operations do not show (for instance through Values or Detach)");
    }

    public void Dispose()
    {
        _input?.Dispose();
        _before?.Dispose();
        foreach (var (_, copy) in _copies)
            copy.Dispose();
    }
}
