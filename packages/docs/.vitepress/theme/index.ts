import { useRoute } from "vitepress";
import DefaultTheme from "vitepress/theme";
import { onMounted, watch } from "vue";
import "./style.css";

export default {
  extends: DefaultTheme,
  setup() {
    const route = useRoute();
    // The theme's home page has no main part for screen readers to go to; its other pages have one.
    const nameMainPart = (): void => document.querySelector(".VPHome")?.setAttribute("role", "main");
    onMounted(nameMainPart);
    watch(() => route.path, nameMainPart, { flush: "post" });
  },
};
