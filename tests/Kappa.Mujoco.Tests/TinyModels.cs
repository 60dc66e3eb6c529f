namespace Kappa.Mujoco.Tests;

/// <summary>Models small enough to have closed forms.</summary>
internal static class TinyModels
{
    /// <summary>A 2 kg point mass on a 0.8 m massless rod, frictionless hinge about y, no contacts; RK4 keeps its energy.</summary>
    public static MujocoModel Pendulum(string integrator = "RK4", double timestep = 0.001, double damping = 0) => Load($"""
        <mujoco>
          <option timestep="{timestep}" integrator="{integrator}" gravity="0 0 -9.81"><flag energy="enable"/></option>
          <worldbody>
            <body name="bob">
              <inertial pos="0 0 -0.8" mass="2" diaginertia="1e-9 1e-9 1e-9"/>
              <joint name="pivot" type="hinge" axis="0 1 0" damping="{damping}"/>
            </body>
          </worldbody>
          <actuator><motor name="torque" joint="pivot" ctrllimited="true" ctrlrange="-3 3"/></actuator>
          <keyframe><key qpos="0.25" qvel="-1.5"/></keyframe>
        </mujoco>
        """);

    /// <summary>A free 3 kg ball above nothing.</summary>
    public static MujocoModel FreeBody() => Load("""
        <mujoco>
          <option timestep="0.002" gravity="0 0 -9.81"/>
          <worldbody>
            <body name="ball" pos="0 0 2"><freejoint name="free"/><geom name="sphere" size="0.1" mass="3"/></body>
          </worldbody>
        </mujoco>
        """);

    /// <summary>Two hinged links and a motor on each, smooth and without contacts.</summary>
    public static MujocoModel DoublePendulum() => Load("""
        <mujoco>
          <option timestep="0.004" gravity="0 0 -9.81"><flag contact="disable"/></option>
          <worldbody>
            <body name="upper">
              <joint name="shoulder" type="hinge" axis="0 1 0" damping="0.1"/>
              <geom type="capsule" fromto="0 0 0 0 0 -0.5" size="0.04" mass="1"/>
              <body name="lower" pos="0 0 -0.5">
                <joint name="elbow" type="hinge" axis="0 1 0" damping="0.05" stiffness="2"/>
                <geom type="capsule" fromto="0 0 0 0 0 -0.4" size="0.03" mass="0.7"/>
              </body>
            </body>
          </worldbody>
          <actuator><motor joint="shoulder" gear="5"/><motor joint="elbow" gear="2"/></actuator>
        </mujoco>
        """);

    public static MujocoModel Load(string xml) => MujocoModel.FromXml(xml);
}
