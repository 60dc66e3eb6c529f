using Kappa.Networks;
using Kappa.Units;

namespace Kappa.Rescaling;

/// <summary>
/// The path-lifting Phi of a ReLU network: one coordinate for each path from an input, or from a bias, to an output, the product of the weights along it.
/// Rescaling the hidden units does not change it.
/// </summary>
/// <remarks>
/// An average over a window and a constant factor are part of the network, not weights: they multiply a path once, and its square once, as in the published
/// code. A batch normalisation acts as in evaluation mode. At an operation that is not homogeneous the network is cut: what reaches it counts as an output,
/// what it gives as an input. Source: Gonon, Brisebarre, Riccietti and Gribonval, 2024, arXiv 2310.01225; Lebeurrier, Vayer and Gribonval, 2026, arXiv
/// 2602.19799.
/// </remarks>
public static class PathLifting
{
    /// <summary>The Euclidean norm of Phi. One pass through the network with squared parameters.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Of which the shape of the input is used; null for the defaults.</param>
    /// <returns>The norm; infinity beyond the range of a double.</returns>
    /// <exception cref="Tensors.NonFiniteException">A parameter is NaN or infinite; the message names it.</exception>
    /// <exception cref="ArgumentException">The shape of the input cannot be read off the first layer and was not given, or does not fit.</exception>
    public static double Norm(Module model, RescalingOptions? options = null)
    {
        using var visit = Visit(model);
        using var network = Record(model, options, out var walk);
        var (value, exponent) = SquaredNetwork.Sum(network, walk);
        return exponent % 2 == 0 ? Math.ScaleB(Math.Sqrt(value), exponent / 2) : Math.ScaleB(Math.Sqrt(2 * value), (exponent - 1) / 2);
    }

    /// <summary>diag(G), G = dPhi^T dPhi: for each parameter the sum, over the paths through it, of the squared product of the others.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Of which the shape of the input is used; null for the defaults.</param>
    /// <returns>For each parameter of the model a Float64 tensor of its shape under its name; zeros where no path goes through.</returns>
    /// <remarks>One pass through the network and one back, in double precision.</remarks>
    /// <exception cref="OverflowException">An entry is beyond the range of a double.</exception>
    /// <exception cref="Tensors.NonFiniteException">A parameter is NaN or infinite; the message names it.</exception>
    /// <exception cref="ArgumentException">The shape of the input cannot be read off the first layer and was not given, or does not fit.</exception>
    public static IReadOnlyList<Parameter> GramDiagonal(Module model, RescalingOptions? options = null)
    {
        using var visit = Visit(model);
        var gram = new GramDiagonal();
        using (var network = Record(model, options, out var walk))
            SquaredNetwork.Differentiate(network, walk, gram);
        return gram.Take(model.Parameters());
    }

    /// <summary>Phi itself: the product of the weights along every path, from an input or a bias to an output.</summary>
    /// <param name="model">A tiny model: the number of paths grows with the product of the widths.</param>
    /// <param name="options">Of which the shape of the input is used; null for the defaults.</param>
    /// <param name="limit">The most products to make, 1 or more.</param>
    /// <returns>The products, in an order that depends on the network's structure alone.</returns>
    /// <remarks>Meant as a check: slow, and exact to rounding.</remarks>
    /// <exception cref="NotSupportedException">There are more paths than the limit, or an operation is not one of a ReLU network with average
    /// pooling.</exception>
    /// <exception cref="Tensors.NonFiniteException">A parameter is NaN or infinite; the message names it.</exception>
    /// <exception cref="ArgumentException">The shape of the input cannot be read off the first layer and was not given, or does not fit.</exception>
    public static double[] Enumerate(Module model, RescalingOptions? options = null, int limit = 1_000_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var visit = Visit(model);
        using var network = Record(model, options, out var walk);
        return new PathEnumeration(network, walk, limit).Take();
    }

    private static HostVisit Visit(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return HostVisit.Of(model);
    }

    private static RecordedGraph Record(Module model, RescalingOptions? options, out UnitWalk walk)
    {
        options ??= new RescalingOptions();
        options.Validate();
        var network = RescalingPlan.Record(model, options);
        walk = new UnitWalk(network, RescalingPlan.RuleOf(options.BatchNorm));
        return network;
    }
}
