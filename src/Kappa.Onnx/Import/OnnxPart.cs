namespace Kappa.Onnx.Import;

/// <summary>A part of an imported model: the weights whose names begin alike, and where one node alone reads them, what it does.</summary>
internal sealed class OnnxPart : Module
{
    internal OnnxPart() => Weights = new WeightHolder(
        RegisterParameter, (name, tensor) => RegisterBuffer(name, tensor), name => RegisterModule(name, new OnnxPart()));

    internal WeightHolder Weights { get; }

    /// <summary>What the node does with its one input; null where there is no such node.</summary>
    internal Func<Tensor, Tensor>? Body { get; set; }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input) => Body is { } body
        ? body(input)
        : throw new InvalidOperationException("this part of an imported model holds weights alone, and does nothing by itself; run the model");
}
