namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>The standard deviations of a Gaussian policy's actions, whatever is observed. Parameter <c>log_deviation</c> <c>[actions]</c>.</summary>
internal sealed class ActionSpread : Module
{
    private readonly double _initial;
    private readonly Tensor _logDeviation;

    internal ActionSpread(int actions, double initial)
    {
        _initial = initial;
        _logDeviation = RegisterParameter("log_deviation", Tensor.Zeros([actions]));
    }

    /// <summary>log sigma, <c>[actions]</c>.</summary>
    internal Tensor LogDeviation
    {
        get
        {
            EnsureOwnInitialized();
            return _logDeviation;
        }
    }

    protected override Tensor ForwardCore(Tensor input) =>
        throw new NotSupportedException("the spread of actions does not depend on an input; read LogDeviation");

    protected override void InitializeCore(Philox generator) => _logDeviation.CopyFromInPlace(Tensor.Full(_logDeviation.Shape, _initial));
}
