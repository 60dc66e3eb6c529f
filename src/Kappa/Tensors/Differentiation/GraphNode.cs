namespace Kappa.Tensors.Differentiation;

/// <summary>One recorded operation: its inputs, and its three rules of differentiation, which run with recording off.</summary>
/// <remarks>
/// <see cref="Backward"/> carries a gradient from the output to the inputs (vector-Jacobian product), <see cref="PushForward"/> carries
/// tangents from the inputs to the output (Jacobian-vector product), and <see cref="BackwardTangent"/> is the derivative of the first along
/// the second, which is what a Hessian product needs (forward-over-reverse; Pearlmutter, 1994).
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

    /// <summary>The order that this node is listed in, at which place, and how many of its inputs were walked in making it.</summary>
    internal GraphOrder? VisitedBy { get; set; }

    internal int Index { get; set; }

    internal int InputsWalked { get; set; }

    /// <summary>Whether something is wanted that lies behind this node.</summary>
    internal bool IsWanted { get; set; }

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

    /// <summary>The tangents of the output from those of the inputs, at least one of which has some.</summary>
    /// <param name="pass">Where the inputs' tangents are, each <c>[K, ...]</c>; none means zero.</param>
    /// <returns><c>[K, ...]</c> over the output's shape, or null when they are zero.</returns>
    internal abstract Tensor? PushForward(TangentPass pass);

    /// <summary>Adds the derivative of this operation's shares along the tangents.</summary>
    /// <param name="gradient">The gradient at the output. Null when no input has a tangent; only the other argument counts then.</param>
    /// <param name="gradientTangent">How the gradient changes along each tangent, <c>[K, ...]</c>; null when it does not. Owned by the pass.</param>
    /// <param name="pass">Where the inputs' tangents are, and where the shares go.</param>
    /// <remarks>Without tangents this is <see cref="Backward"/> for K gradients at once.</remarks>
    internal abstract void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass);
}
