namespace Kappa.Tensors.Kernels;

/// <summary>Losses of one element each, of a, b and c, with a parameter p of the column and a number s for all.</summary>
internal enum LossFunction
{
    /// <summary>p b' log(1 + exp(-a)) + (1 - b') log(1 + exp(a)), with b' = (1 - s) b + s / 2.</summary>
    BinaryCrossEntropy,

    /// <summary>d^2 / 2 for d = |a - b| up to p, and p (d - p / 2) beyond.</summary>
    Huber,

    /// <summary>|a - b|.</summary>
    AbsoluteError,

    /// <summary>max(p - a b, 0).</summary>
    Hinge,

    /// <summary>max(p + a - b, 0).</summary>
    Margin,

    /// <summary>b (log b - a), and 0 for b = 0.</summary>
    KullbackLeibler,

    /// <summary>(b + (a - c)^2 exp(-b)) / 2 + p.</summary>
    GaussianLikelihood,

    /// <summary>p (b - a) where b is above a, and (1 - p)(a - b) elsewhere.</summary>
    Quantile,
}
