namespace Kappa.Lab.Tasks.Cloning;

/// <summary>Stationary first-order autoregressive noise on the controls: n' = a n + sqrt(1 - a^2) std e, with a = exp(-dt / time constant).</summary>
internal sealed class ControlNoise
{
    /// <summary>Time constant, in seconds.</summary>
    private const double TimeConstant = 0.1;

    private readonly Philox _random;
    private readonly double[] _value;
    private readonly double[] _innovation;
    private readonly double _memory;
    private readonly double _scale;

    public ControlNoise(Philox stream, int controls, double standardDeviation, double timestep)
    {
        _random = stream.Split("control noise");
        _value = new double[controls];
        _innovation = new double[controls];
        _memory = Math.Exp(-timestep / TimeConstant);
        _scale = standardDeviation * Math.Sqrt(1 - (_memory * _memory));
        if (standardDeviation > 0)
            _random.FillNormal(_value, 0, standardDeviation);
    }

    /// <summary>Adds the noise of this step to an action, clips the sum to [-1, 1], and moves on to the next step.</summary>
    public void Apply(ReadOnlySpan<double> action, Span<double> control)
    {
        for (int i = 0; i < control.Length; i++)
            control[i] = Math.Clamp(action[i] + _value[i], -1, 1);
        if (_scale == 0)
            return;
        _random.FillNormal(_innovation, 0, _scale);
        for (int i = 0; i < _value.Length; i++)
            _value[i] = (_memory * _value[i]) + _innovation[i];
    }
}
