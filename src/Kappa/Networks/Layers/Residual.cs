using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>body(x) + shortcut(x), where the shortcut is the identity unless one is given (He and others, 2016, arXiv 1512.03385). Modules <c>body</c> and
/// <c>shortcut</c>.</summary>
public sealed class Residual : Module
{
    private readonly Module _body;
    private readonly Module? _shortcut;

    /// <summary>Makes the block.</summary>
    /// <param name="body">What is added.</param>
    /// <param name="shortcut">What it is added to, such as a projection where shapes change; null for the input itself.</param>
    public Residual(Module body, Module? shortcut = null)
    {
        _body = RegisterModule("body", body);
        _shortcut = shortcut is null ? null : RegisterModule("shortcut", shortcut);
    }

    /// <inheritdoc/>
    /// <exception cref="TensorShapeException">The two shapes differ.</exception>
    protected override Tensor ForwardCore(Tensor input)
    {
        var (added, kept) = (_body.Forward(input), _shortcut is null ? input : _shortcut.Forward(input));
        return added.Shape == kept.Shape
            ? added + kept
            : throw new TensorShapeException(
                $"Residual: the body gives {added.Shape} and the shortcut {kept.Shape}; give a shortcut that projects the input {input?.Shape} to the body's "
                + "shape");
    }
}
