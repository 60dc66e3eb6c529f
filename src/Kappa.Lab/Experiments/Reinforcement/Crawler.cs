namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>A body with two legs of two joints each that moves in a plane over flat ground, and is rewarded for the distance that it covers.</summary>
/// <remarks>Simulated by MuJoCo, five steps of 0.01 s for each action. Observation: height, pitch, four joint angles, then the seven velocities. Action: four
/// torques, cut to -1..1. Reward: speed in m/s minus 0.1 for the mean square of the torques. The friction of the ground and gravity are what a changing world
/// changes.</remarks>
internal sealed class Crawler : ControlEnvironment
{
    private const int Skip = 5;
    private const double Effort = 0.1;
    private readonly MujocoModel _model;
    private readonly MujocoData _data;

    /// <summary>Makes the environment, for a friction of the ground (1 is rubber, 0.1 is ice) and a gravity downwards in m/s^2, both above 0.</summary>
    /// <exception cref="MujocoException">libmujoco is not available; the message says how to get it.</exception>
    public Crawler(double friction = 1, double gravity = 9.81)
    {
        foreach (var (name, value) in new[] { (nameof(friction), friction), (nameof(gravity), gravity) })
        {
            if (!(double.IsFinite(value) && value > 0))
                throw new ArgumentOutOfRangeException(name, value, $"expected a finite number above 0; got {value}");
        }

        _model = MujocoModel.FromXml(Xml(friction, gravity));
        _data = _model.CreateData();
    }

    public override int ObservationSize => _model.PositionSize - 1 + _model.VelocitySize;

    public override int ActionSize => _model.ControlSize;

    /// <summary>How far it stands from the origin, in m.</summary>
    public double Distance => _data.Position[0];

    public override void Reset(Philox generator, Span<float> observation)
    {
        _data.Reset();
        // The first coordinates are those of the body in the plane: along, up, pitch.
        for (int i = 2; i < _model.PositionSize; i++)
            _data.Position[i] += 0.1 * generator.NextNormal();
        for (int i = 0; i < _model.VelocitySize; i++)
            _data.Velocity[i] = 0.1 * generator.NextNormal();
        Observe(observation);
    }

    public override (double Reward, bool IsOver) Step(ReadOnlySpan<float> action, Span<float> observation)
    {
        double before = Distance, effort = 0;
        for (int i = 0; i < action.Length; i++)
        {
            double torque = Math.Clamp(action[i], -1f, 1f);
            _data.Control[i] = torque;
            effort += torque * torque / action.Length;
        }

        for (int i = 0; i < Skip; i++)
            _data.Step();
        bool hasDiverged = _data.HasDiverged;
        double speed = hasDiverged ? 0 : (Distance - before) / (Skip * _model.Timestep);
        Observe(observation);
        return (speed - (Effort * effort), hasDiverged);
    }

    public override void Dispose()
    {
        _data.Dispose();
        _model.Dispose();
    }

    private void Observe(Span<float> observation)
    {
        int positions = _model.PositionSize - 1;
        for (int i = 0; i < positions; i++)
            observation[i] = (float)_data.Position[i + 1];
        for (int i = 0; i < _model.VelocitySize; i++)
            observation[positions + i] = (float)Math.Clamp(_data.Velocity[i], -20, 20);
    }

    private static string Xml(double friction, double gravity) => string.Create(CultureInfo.InvariantCulture, $"""
        <mujoco>
          <compiler angle="degree"/>
          <option timestep="0.01" gravity="0 0 -{gravity}"/>
          <default>
            <joint damping="0.5" armature="0.05" limited="true"/>
            <geom friction="{friction} 0.005 0.0001" density="500" contype="1" conaffinity="0"/>
            <motor ctrllimited="true" ctrlrange="-1 1" gear="20"/>
          </default>
          <worldbody>
            <geom type="plane" size="200 5 1" contype="0" conaffinity="1"/>
            <body pos="0 0 0.5">
              <joint type="slide" axis="1 0 0" damping="0" armature="0" limited="false"/>
              <joint type="slide" axis="0 0 1" damping="0" armature="0" limited="false"/>
              <joint type="hinge" axis="0 1 0" damping="0" armature="0" limited="false"/>
              <geom type="capsule" fromto="-0.4 0 0 0.4 0 0" size="0.05"/>
              <body pos="-0.4 0 0">
                <joint name="j0" type="hinge" axis="0 1 0" range="-60 60"/>
                <geom type="capsule" fromto="0 0 0 0 0 -0.22" size="0.04"/>
                <body pos="0 0 -0.22">
                  <joint name="j1" type="hinge" axis="0 1 0" range="-60 60"/>
                  <geom type="capsule" fromto="0 0 0 0 0 -0.22" size="0.035"/>
                </body>
              </body>
              <body pos="0.4 0 0">
                <joint name="j2" type="hinge" axis="0 1 0" range="-60 60"/>
                <geom type="capsule" fromto="0 0 0 0 0 -0.22" size="0.04"/>
                <body pos="0 0 -0.22">
                  <joint name="j3" type="hinge" axis="0 1 0" range="-60 60"/>
                  <geom type="capsule" fromto="0 0 0 0 0 -0.22" size="0.035"/>
                </body>
              </body>
            </body>
          </worldbody>
          <actuator><motor joint="j0"/><motor joint="j1"/><motor joint="j2"/><motor joint="j3"/></actuator>
        </mujoco>
        """);
}
