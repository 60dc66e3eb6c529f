namespace Kappa.Tensors.Differentiation;

/// <summary>One recorded operation: its inputs, and the rule that carries a gradient from its output back to them.</summary>
/// <remarks>
/// The rule (vector-Jacobian product) is written in tensor primitives and runs with recording off, so whatever rides along
/// with the tensors passes through it as well.
/// </remarks>
internal abstract class GraphNode
{
    private readonly Tensor? _first;
    private readonly Tensor? _second;
    private readonly Tensor? _third;
    private readonly Tensor[]? _many;

    protected GraphNode(Tensor first, Tensor? second = null, Tensor? third = null)
    {
        _first = first;
        _second = second;
        _third = third;
        InputCount = third is not null ? 3 : second is not null ? 2 : 1;
    }

    protected GraphNode(Tensor[] inputs)
    {
        _many = inputs;
        InputCount = inputs.Length;
    }

    /// <summary>The operation's name in error messages.</summary>
    internal abstract string Name { get; }

    internal int InputCount { get; }

    /// <summary>The gradient at the output, while a backward pass is under way.</summary>
    internal Tensor? OutputGradient { get; set; }

    /// <summary>The backward pass that last reached this node, and how many of its inputs that pass has walked.</summary>
    internal BackwardPass? VisitedBy { get; set; }

    internal int InputsWalked { get; set; }

    internal Tensor Input(int index) => _many is not null ? _many[index] : index switch
    {
        0 => _first!,
        1 => _second!,
        _ => _third!,
    };

    /// <summary>Adds this operation's share to the gradients of its inputs.</summary>
    /// <param name="gradient">The gradient at the output; owned by the pass, not to be changed.</param>
    /// <param name="pass">Where the shares go.</param>
    internal abstract void Backward(Tensor gradient, BackwardPass pass);
}
