namespace Kappa.Tensors.Differentiation;

/// <summary>One recorded operation: its inputs, and its three rules of differentiation, which run with recording off.</summary>
/// <remarks>
/// <see cref="Backward"/> carries a gradient from the output to the inputs (vector-Jacobian product), <see cref="PushForward"/> carries
/// tangents from the inputs to the output (Jacobian-vector product), and <see cref="BackwardTangent"/> is the derivative of the first along
/// the second, which is what a Hessian product needs (forward-over-reverse; Pearlmutter, 1994). The values that the rules read must be those of
/// the way forwards: <see cref="Save"/> says which these are, and no pass begins when one has changed.
/// </remarks>
internal abstract class GraphNode
{
    private readonly Tensor? _first;
    private readonly Tensor? _second;
    private readonly Tensor? _third;
    private readonly Tensor[]? _many;
    private SavedValue[] _saved = [];

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

    /// <summary>Remembers what the values are that the rules will read. Called once the output is there.</summary>
    internal void Remember() => _saved = Save();

    /// <summary>Checks that the values that the rules will read have not changed.</summary>
    /// <param name="order">Which gradients are wanted.</param>
    /// <exception cref="InvalidOperationException">One has; the message names it and the operation.</exception>
    internal void RequireUnchanged(GraphOrder order)
    {
        foreach (ref readonly var value in _saved.AsSpan())
        {
            if ((value.NeededFor is null || order.Needs(value.NeededFor)) && value.IsChanged)
                throw Changed(value.Tensor);
        }
    }

    /// <summary>
    /// The values that the rules read, of inputs, output and other tensors that somebody else can reach, each with the input whose gradient it is read for.
    /// </summary>
    protected abstract SavedValue[] Save();

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

    private InvalidOperationException Changed(Tensor tensor)
    {
        int input = Enumerable.Range(0, InputCount).FirstOrDefault(i => Input(i) == tensor, -1);
        string role = input >= 0 ? $"its input {input}" : "which it needs";
        return new($"{Name}: {tensor.Name ?? "a tensor"} {tensor.Shape}, {role}, has changed since the operation was computed, and its derivative would be "
            + "wrong. "
            + "Compute the operation anew after the change, take all derivatives before it (two losses: both backward passes, then the step), or change a "
            + "Clone()");
    }
}
